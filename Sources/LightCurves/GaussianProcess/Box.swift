/// Lower and upper bounds of two variables.
public struct Box: Equatable, Sendable {
    public var lower: SIMD2<Double>
    public var upper: SIMD2<Double>

    /// Every lower bound must be finite and not above the upper one.
    public init(lower: SIMD2<Double>, upper: SIMD2<Double>) {
        self.lower = lower
        self.upper = upper
    }

    func clamped(_ point: SIMD2<Double>) -> SIMD2<Double> {
        point.clamped(lowerBound: lower, upperBound: upper)
    }

    /// Largest component of the gradient, each cut to the room there is for a step against it.
    func projectedGradientNorm(_ gradient: SIMD2<Double>, at point: SIMD2<Double>) -> Double {
        var norm = 0.0
        for axis in 0..<2 {
            let room = gradient[axis] < 0 ? upper[axis] - point[axis] : point[axis] - lower[axis]
            norm = max(norm, min(abs(gradient[axis]), room))
        }
        return norm
    }

    /// Largest multiple of `direction` that stays within the bounds, at most 1e10.
    func longestStep(from point: SIMD2<Double>, along direction: SIMD2<Double>) -> Double {
        var step = 1e10
        for axis in 0..<2 where direction[axis] != 0 {
            let room = direction[axis] < 0 ? lower[axis] - point[axis] : upper[axis] - point[axis]
            step = min(step, room / direction[axis])
        }
        return max(0, step)
    }
}

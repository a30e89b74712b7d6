/// The quadratic model of L-BFGS-B for two variables: a scaled identity, updated by the last ten steps.
///
/// With two variables the matrix itself is smaller than its compact representation, and the BFGS formula applied to the
/// stored pairs from the oldest on gives the same matrix (Byrd, Nocedal and Schnabel 1994, theorem 2.3).
struct QuadraticModel {
    private static let memory = 10

    /// Step and change of the gradient along it, oldest first.
    private var pairs = InlineArray<10, (step: SIMD2<Double>, change: SIMD2<Double>)>(repeating: (.zero, .zero))
    private var count = 0
    /// Columns of the symmetric matrix B.
    private var first = SIMD2<Double>(1, 0)
    private var second = SIMD2<Double>(0, 1)
    /// Factor of the identity that B starts from.
    private var theta = 1.0

    /// Whether the model knows nothing yet, so that its Cauchy point is a step of steepest descent.
    var isSteepestDescent: Bool { count == 0 }

    mutating func forget() {
        self = QuadraticModel()
    }

    /// Takes a step in, unless its curvature is not safely positive; `descent` is what the gradient promised.
    mutating func learn(step: SIMD2<Double>, gradientChange: SIMD2<Double>, descent: Double) {
        let curvature = dot(step, gradientChange)
        guard curvature > Double.ulpOfOne * descent else { return }
        if count == Self.memory {
            for index in 1..<Self.memory {
                pairs[index - 1] = pairs[index]
            }
            count -= 1
        }
        pairs[count] = (step, gradientChange)
        count += 1
        theta = dot(gradientChange, gradientChange) / curvature
        rebuild()
        // Rounding can spoil the matrix; then starting afresh is better than following it.
        if !(first.x > 0 && second.y > 0 && first.x * second.y > first.y * second.x) {
            forget()
        }
    }

    /// The point that the next line search aims for, within the bounds.
    func minimizer(from point: SIMD2<Double>, gradient: SIMD2<Double>, within bounds: Box) -> SIMD2<Double> {
        let cauchy = cauchyPoint(from: point, gradient: gradient, within: bounds)
        guard !isSteepestDescent else { return cauchy.point }
        return subspaceMinimizer(from: point, gradient: gradient, within: bounds, cauchy: cauchy)
    }

    private mutating func rebuild() {
        first = SIMD2(theta, 0)
        second = SIMD2(0, theta)
        for index in 0..<count {
            let (step, change) = pairs[index]
            let image = product(step)
            let stretch = dot(step, image)
            let curvature = dot(step, change)
            first += change.x * change / curvature - image.x * image / stretch
            second += change.y * change / curvature - image.y * image / stretch
        }
    }

    private func product(_ vector: SIMD2<Double>) -> SIMD2<Double> {
        vector.x * first + vector.y * second
    }

    /// A point and which of its variables are not held at a bound.
    private struct CauchyPoint {
        var point: SIMD2<Double>
        var isFree: SIMDMask<SIMD2<Int64>>
    }

    /// First local minimiser of the model along the projected steepest-descent path (1995 paper, section 4).
    private func cauchyPoint(from point: SIMD2<Double>, gradient: SIMD2<Double>, within bounds: Box) -> CauchyPoint {
        var direction = SIMD2<Double>.zero
        var breakpoint = SIMD2<Double>(repeating: .infinity)
        var free = SIMDMask<SIMD2<Int64>>(repeating: true)
        for axis in 0..<2 {
            let room = gradient[axis] < 0 ? point[axis] - bounds.upper[axis] : point[axis] - bounds.lower[axis]
            if gradient[axis] == 0 { continue }
            if room == 0 {
                free[axis] = false
            } else {
                direction[axis] = -gradient[axis]
                breakpoint[axis] = room / gradient[axis]
            }
        }
        var cauchy = CauchyPoint(point: point, isFree: free)
        var time = 0.0
        var firstDerivative = -dot(direction, direction)
        let initialSecondDerivative = dot(direction, product(direction))
        var secondDerivative = initialSecondDerivative
        while firstDerivative < 0 {
            let axis = breakpoint.x <= breakpoint.y ? 0 : 1
            let wanted = -firstDerivative / secondDerivative
            if time + wanted < breakpoint[axis] {
                time += wanted
                break
            }
            // The path bends here: this variable stays at its bound.
            time = breakpoint[axis]
            cauchy.point[axis] = direction[axis] > 0 ? bounds.upper[axis] : bounds.lower[axis]
            cauchy.isFree[axis] = false
            direction[axis] = 0
            breakpoint[axis] = .infinity
            guard direction != .zero else { break }
            let moved = (cauchy.point - point).replacing(with: time * direction, where: direction .!= 0)
            firstDerivative = -dot(direction, direction) + dot(direction, product(moved))
            secondDerivative = max(dot(direction, product(direction)), Double.ulpOfOne * initialSecondDerivative)
        }
        let ahead = bounds.clamped(cauchy.point + time * direction)
        cauchy.point.replace(with: ahead, where: direction .!= 0)
        return cauchy
    }

    /// Minimiser of the model over the free variables, brought back within the bounds.
    private func subspaceMinimizer(
        from point: SIMD2<Double>, gradient: SIMD2<Double>, within bounds: Box, cauchy: CauchyPoint
    ) -> SIMD2<Double> {
        let residual = -(gradient + product(cauchy.point - point))
        var step = SIMD2<Double>.zero
        switch (cauchy.isFree[0], cauchy.isFree[1]) {
        case (true, true):
            let determinant = first.x * second.y - first.y * second.x
            step = SIMD2(second.y * residual.x - second.x * residual.y, first.x * residual.y - first.y * residual.x)
            step /= determinant
        case (true, false): step.x = residual.x / first.x
        case (false, true): step.y = residual.y / second.y
        case (false, false): return cauchy.point
        }
        let wanted = cauchy.point + step
        let projected = bounds.clamped(wanted)
        guard projected != wanted else { return wanted }
        if dot(projected - point, gradient) <= 0 { return projected }
        // The projection points uphill: go only as far as the first bound.
        let length = min(1, bounds.longestStep(from: cauchy.point, along: step))
        return bounds.clamped(cauchy.point + length * step)
    }
}

import Alerts
import Glibc
import LightCurves
import Testing

@Suite struct BoundedMinimizerTests {
    private let wide = Box(lower: SIMD2(-100, -100), upper: SIMD2(100, 100))

    @Test func aCurvedValleyIsFollowedToItsEnd() {
        let minimum = BoundedMinimizer(valueTolerance: 1e-15, gradientTolerance: 1e-9)
            .minimum(from: SIMD2(-1.2, 1), within: wide, of: rosenbrock)
        #expect(minimum.converged)
        #expect(abs(minimum.point.x - 1) < 1e-6 && abs(minimum.point.y - 1) < 1e-6)
        #expect(minimum.evaluations < 100)
    }

    @Test func aMinimumOutsideTheBoundsIsFoundOnTheBound() {
        // On x <= 0.5 the least value of the valley is on its edge, at y = x^2.
        let minimum = BoundedMinimizer(valueTolerance: 1e-15, gradientTolerance: 1e-9)
            .minimum(from: SIMD2(-1.2, 1), within: Box(lower: SIMD2(-2, -2), upper: SIMD2(0.5, 2)), of: rosenbrock)
        #expect(minimum.converged)
        #expect(minimum.point.x == 0.5)
        #expect(abs(minimum.point.y - 0.25) < 1e-6)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
    func theMinimumOfAQuadraticInABoxSatisfiesTheOptimalityConditions(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        func random(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &generator) }
        let center = SIMD2(random(-5...5), random(-5...5))
        let a = random(0.5...50)
        let c = random(0.5...50)
        let b = random(-0.9...0.9) * (a * c).squareRoot()
        let box = Box(lower: SIMD2(-2, -1), upper: SIMD2(1, 3))
        let minimum = BoundedMinimizer(valueTolerance: 0, gradientTolerance: 1e-8)
            .minimum(from: SIMD2(0, 0), within: box) { point in
                let d = point - center
                let gradient = SIMD2(a * d.x + b * d.y, b * d.x + c * d.y)
                return .init(value: (d * gradient).sum() / 2, gradient: gradient)
            }
        for axis in 0..<2 {
            let position = minimum.point[axis]
            let slope = minimum.gradient[axis]
            #expect(position >= box.lower[axis] && position <= box.upper[axis])
            let isOptimal =
                abs(slope) <= 1e-6 || (slope > 0 && position == box.lower[axis])
                || (slope < 0 && position == box.upper[axis])
            #expect(isOptimal, "seed \(seed), axis \(axis), slope \(slope)")
        }
    }

    @Test func noEvaluationIsOutsideTheBounds() {
        let box = Box(lower: SIMD2(-2, -0.5), upper: SIMD2(0.5, 2))
        var outside = 0
        _ = BoundedMinimizer(valueTolerance: 1e-12, gradientTolerance: 1e-8)
            .minimum(from: SIMD2(9, -9), within: box) { point in
                let isInside = (0..<2).allSatisfy { point[$0] >= box.lower[$0] && point[$0] <= box.upper[$0] }
                outside += isInside ? 0 : 1
                return rosenbrock(point)
            }
        #expect(outside == 0)
    }

    @Test func theSearchStopsOnASmallRelativeDecrease() {
        let strict = BoundedMinimizer(valueTolerance: 1e-14, gradientTolerance: 0)
            .minimum(from: SIMD2(-1.2, 1), within: wide, of: rosenbrock)
        let loose = BoundedMinimizer(valueTolerance: 1e-2, gradientTolerance: 0)
            .minimum(from: SIMD2(-1.2, 1), within: wide, of: rosenbrock)
        #expect(loose.converged && strict.converged)
        #expect(loose.iterations < strict.iterations)
    }

    @Test func aStationaryStartIsKept() {
        let minimum = BoundedMinimizer(valueTolerance: 1e-6, gradientTolerance: 1e-6)
            .minimum(from: SIMD2(1, 1), within: wide, of: rosenbrock)
        #expect(minimum.converged)
        #expect(minimum.iterations == 0 && minimum.evaluations == 1)
        #expect(minimum.point == SIMD2(1, 1))
    }

    @Test func aGradientOfTheWrongSignEndsWithoutConvergence() {
        let minimum = BoundedMinimizer(valueTolerance: 1e-6, gradientTolerance: 1e-6)
            .minimum(from: SIMD2(1, 1), within: wide) { .init(value: ($0 * $0).sum(), gradient: -2 * $0) }
        #expect(!minimum.converged)
        #expect(minimum.point == SIMD2(1, 1))
    }

    @Test func aForbiddenRegionIsBackedOutOf() {
        // Beyond x = 2 the function counts as impossible, as a covariance without a factor does.
        let minimum = BoundedMinimizer(valueTolerance: 1e-12, gradientTolerance: 1e-8)
            .minimum(from: SIMD2(0, 0), within: wide) { point in
                guard point.x < 2 else { return .init(value: 1e25, gradient: .zero) }
                return .init(value: exp(-point.x) + point.y * point.y, gradient: SIMD2(-exp(-point.x), 2 * point.y))
            }
        #expect(minimum.value < 1.0)
        #expect(minimum.point.x < 2)
    }
}

private func rosenbrock(_ point: SIMD2<Double>) -> BoundedMinimizer.Evaluation {
    let valley = point.y - point.x * point.x
    let slope = 1 - point.x
    return .init(
        value: 100 * valley * valley + slope * slope,
        gradient: SIMD2(-400 * point.x * valley - 2 * slope, 200 * valley))
}

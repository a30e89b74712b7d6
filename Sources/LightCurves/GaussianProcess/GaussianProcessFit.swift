#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The hyper-parameters of one curve: start, bounds and search as the published pipeline has them.
///
/// Source: Boone 2019 (avocado), which the published `astronet` preprocessing follows.
public enum GaussianProcessFit {
    /// Where a fit ended.
    public struct Outcome: Sendable {
        /// The optimum, or the start point when the fit failed.
        public var theta: SIMD2<Double>
        public var negativeLogLikelihood: Double
        public var gradient: SIMD2<Double>
        public var iterations: Int
        public var evaluations: Int
        public var converged: Bool
    }

    /// What a covariance that is not positive definite counts as, high above every real value.
    private static let impossible = BoundedMinimizer.Evaluation(value: 1e25, gradient: .zero)

    /// theta0 = ln((s/2)^2 / 2), s = |flux| of the most significant point; theta1 = ln 400 (20 days).
    ///
    /// Significance is |f| / sqrt(err^2 + (0.01 max f)^2), so that errors below 1 % of the maximum count alike.
    /// Nil when s is 0 or not finite.
    public static func start(for curve: LightCurve) -> SIMD2<Double>? {
        guard let maximum = curve.flux.max() else { return nil }
        var scale = 0.0
        var bestSignificance = -1.0
        for (flux, error) in zip(curve.flux, curve.fluxErr) {
            let softened = (error * error + (0.01 * maximum) * (0.01 * maximum)).squareRoot()
            let significance = abs(flux) / softened
            if significance > bestSignificance {
                bestSignificance = significance
                scale = abs(flux)
            }
        }
        let start = SIMD2(log((0.5 * scale) * (0.5 * scale) / 2), log(400))
        return start.x.isFinite ? start : nil
    }

    /// theta0 within 10 of its start, theta1 from 0 (1 day) to ln 1e6 (1,000 days).
    public static func bounds(around start: SIMD2<Double>) -> Box {
        Box(lower: SIMD2(start.x - 10, 0), upper: SIMD2(start.x + 10, log(1e6)))
    }

    /// Maximises the likelihood; `process` lends its memory.
    public static func fit(
        _ curve: LightCurve, from start: SIMD2<Double>, with process: inout GaussianProcess
    ) -> Outcome {
        let minimizer = BoundedMinimizer(valueTolerance: 1e-6, gradientTolerance: 1e-6)
        var first: BoundedMinimizer.Evaluation?
        let minimum = minimizer.minimum(from: start, within: bounds(around: start)) { theta in
            let likelihood = process.likelihood(of: curve, at: theta)
            var evaluation = impossible
            if let likelihood {
                evaluation = .init(value: likelihood.negativeLog, gradient: likelihood.gradient)
            }
            first = first ?? evaluation
            return evaluation
        }
        let kept = minimum.converged ? nil : first
        return Outcome(
            theta: kept == nil ? minimum.point : start, negativeLogLikelihood: kept?.value ?? minimum.value,
            gradient: kept?.gradient ?? minimum.gradient, iterations: minimum.iterations,
            evaluations: minimum.evaluations, converged: minimum.converged)
    }
}

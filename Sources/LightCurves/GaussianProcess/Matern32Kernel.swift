#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Covariance of two fluxes by their distance in time and wavelength.
///
///     k = 2 exp(theta0) (1 + u) exp(-u),  u = sqrt(3 r2),  r2 = dt^2 / exp(theta1) + dlambda^2 / 6000^2
///
/// The factor 2 is the number of dimensions, by which the george package that the published code uses multiplies its
/// constant kernel. Source of the form: Boone 2019 (arXiv 1907.04690), section 3.1.
public struct Matern32Kernel: Sendable {
    /// Correlation length in wavelength, Angstrom.
    public static let wavelengthScale = 6000.0

    /// Variance at distance zero.
    public let variance: Double
    private let inverseSquaredTimeScale: Double

    /// `theta`: log of half the variance, and log of the squared time scale in days^2.
    public init(theta: SIMD2<Double>) {
        variance = 2 * exp(theta.x)
        inverseSquaredTimeScale = exp(-theta.y)
    }

    /// k of two points; `dt` in days, `dLambda` in Angstrom.
    public func covariance(dt: Double, dLambda: Double) -> Double {
        let u = scaledDistance(dt: dt, dLambda: dLambda)
        return variance * (1 + u) * exp(-u)
    }

    /// k and its derivative by theta1, 3/2 variance exp(-u) dt^2 / exp(theta1); that by theta0 is k itself.
    func covarianceAndTimeScaleDerivative(dt: Double, dLambda: Double) -> (value: Double, derivative: Double) {
        let u = scaledDistance(dt: dt, dLambda: dLambda)
        let decay = variance * exp(-u)
        return (decay * (1 + u), 1.5 * decay * dt * dt * inverseSquaredTimeScale)
    }

    private func scaledDistance(dt: Double, dLambda: Double) -> Double {
        let colour = dLambda / Self.wavelengthScale
        return (3 * (dt * dt * inverseSquaredTimeScale + colour * colour)).squareRoot()
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Regression of a light curve by a zero-mean Gaussian process in time and wavelength: the plain reference.
///
/// K_ij = k(x_i, x_j) + delta_ij (err_i^2 + 1.25e-12), with k of `Matern32Kernel`. Owns its matrices and keeps their
/// memory between curves. The conditioned state belongs to the last curve that `condition` accepted.
public struct GaussianProcess: Sendable {
    /// Negative log-likelihood and its gradient by theta.
    public struct Likelihood: Equatable, Sendable {
        public var negativeLog: Double
        public var gradient: SIMD2<Double>
    }

    /// The white noise that the george package adds to every diagonal.
    static let jitter = 1.25e-12

    /// (n, n): K, then its Cholesky factor in the lower triangle.
    private var factor: [Double] = []
    /// (n, n): transpose of the factor's inverse.
    private var inverse: [Double] = []
    /// (n): K^-1 y.
    private var weights: [Double] = []
    /// (n): covariances of one grid point with the curve.
    private var cross: [Double] = []

    public init() {}

    /// -ln p(y | theta) = y^T K^-1 y / 2 + sum ln L_ii + n/2 ln 2 pi, and its gradient.
    ///
    /// The gradient is -1/2 sum_ij (w w^T - K^-1)_ij dK_ij/dtheta with w = K^-1 y (Rasmussen and Williams 2006,
    /// eq. 5.9). Nil when K is not positive definite.
    public mutating func likelihood(of curve: LightCurve, at theta: SIMD2<Double>) -> Likelihood? {
        guard condition(on: curve, at: theta) else { return nil }
        let n = curve.count
        var value = 0.5 * Double(n) * log(2 * Double.pi)
        for i in 0..<n {
            value += 0.5 * curve.flux[i] * weights[i] + log(factor[i * n + i])
        }
        let gradient = self.gradient(of: curve, at: theta)
        guard value.isFinite, gradient.x.isFinite, gradient.y.isFinite else { return nil }
        return Likelihood(negativeLog: value, gradient: gradient)
    }

    /// Factors K and solves for the weights that predictions need; false when K is not positive definite.
    public mutating func condition(on curve: LightCurve, at theta: SIMD2<Double>) -> Bool {
        let n = curve.count
        let kernel = Matern32Kernel(theta: theta)
        resize(to: n)
        for i in 0..<n {
            for j in 0..<i {
                factor[i * n + j] = kernel.covariance(
                    dt: curve.mjd[i] - curve.mjd[j], dLambda: curve.wavelength[i] - curve.wavelength[j])
            }
            factor[i * n + i] = kernel.variance + curve.fluxErr[i] * curve.fluxErr[i] + Self.jitter
            weights[i] = curve.flux[i]
        }
        guard Cholesky.factor(&factor, n: n) else { return false }
        Cholesky.solveLower(factor, n: n, &weights)
        Cholesky.solveUpper(factor, n: n, &weights)
        return true
    }

    /// Mean of the process given the conditioned curve, k(x*, x) K^-1 y, to `mean` (grid, passbands).
    public mutating func predictMean(
        of curve: LightCurve, at theta: SIMD2<Double>, grid: [Double], passbands: [Passband], into mean: inout [Double]
    ) {
        let kernel = Matern32Kernel(theta: theta)
        mean.removeAll(keepingCapacity: true)
        for time in grid {
            for passband in passbands {
                var sum = 0.0
                for j in 0..<curve.count {
                    sum += weights[j] * kernel.covariance(
                        dt: time - curve.mjd[j], dLambda: passband.wavelength - curve.wavelength[j])
                }
                mean.append(sum)
            }
        }
    }

    /// Standard deviation of the process given the conditioned curve, to `deviation` (grid, passbands).
    ///
    /// The square root of k(x*, x*) - |L^-1 k(x, x*)|^2, noise not included.
    public mutating func predictDeviation(
        of curve: LightCurve, at theta: SIMD2<Double>, grid: [Double], passbands: [Passband],
        into deviation: inout [Double]
    ) {
        let kernel = Matern32Kernel(theta: theta)
        let n = curve.count
        deviation.removeAll(keepingCapacity: true)
        for time in grid {
            for passband in passbands {
                for j in 0..<n {
                    cross[j] = kernel.covariance(
                        dt: time - curve.mjd[j], dLambda: passband.wavelength - curve.wavelength[j])
                }
                Cholesky.solveLower(factor, n: n, &cross)
                var variance = kernel.variance
                for j in 0..<n {
                    variance -= cross[j] * cross[j]
                }
                deviation.append(max(0, variance).squareRoot())
            }
        }
    }

    private mutating func gradient(of curve: LightCurve, at theta: SIMD2<Double>) -> SIMD2<Double> {
        let n = curve.count
        let kernel = Matern32Kernel(theta: theta)
        Cholesky.invertTransposed(factor, n: n, into: &inverse)
        let rows = inverse.span
        var total = SIMD2<Double>.zero
        for i in 0..<n {
            for j in 0...i {
                // (K^-1)_ij = sum_k (L^-1)_ki (L^-1)_kj, where only k >= i counts.
                var precision = 0.0
                for k in i..<n {
                    precision += rows[i * n + k] * rows[j * n + k]
                }
                let slope = kernel.covarianceAndTimeScaleDerivative(
                    dt: curve.mjd[i] - curve.mjd[j], dLambda: curve.wavelength[i] - curve.wavelength[j])
                let multiplicity = i == j ? 1.0 : 2.0
                total += multiplicity * (weights[i] * weights[j] - precision) * SIMD2(slope.value, slope.derivative)
            }
        }
        return -0.5 * total
    }

    private mutating func resize(to n: Int) {
        func grow(_ array: inout [Double], to count: Int) {
            while array.count < count {
                array.append(0)
            }
        }
        grow(&factor, to: n * n)
        grow(&inverse, to: n * n)
        grow(&weights, to: n)
        grow(&cross, to: n)
    }
}

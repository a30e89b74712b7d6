import Foundation
import LightCurves

/// The published way, george and SciPy in a Python process: same curves, start, bounds, kernel, tolerance and grid.
struct GeorgePeer {
    static let name = "george + scipy"

    let versions: String

    struct Outcome: Codable {
        /// Microseconds a curve in each repetition.
        var microseconds: [Double]
        /// -ln L at each curve's optimum; null where there is none.
        var negativeLogLikelihoods: [Double?]
    }

    private struct Job: Codable {
        struct Curve: Codable {
            var mjd: [Double]
            var wavelength: [Double]
            var flux: [Double]
            var fluxErr: [Double]
        }

        var curves: [Curve]
        var wavelengths: [Double]
        var gridPoints: Int
        var repetitions: Int
        var seconds: Double
    }

    // The metric is a squared length, of which the time's is free; a failed fit keeps the start, as published.
    private static let script = """
        from json import dump, load
        from math import isfinite
        from sys import stdin, stdout
        from time import perf_counter
        from numpy import abs, array, column_stack, linspace, log, max, repeat, sqrt, tile
        from george import GP
        from george.kernels import Matern32Kernel
        from scipy.optimize import minimize
        job = load(stdin)
        keys = ("mjd", "wavelength", "flux", "fluxErr")
        curves = [[array(curve[key]) for key in keys] for curve in job["curves"]]
        wavelengths = array(job["wavelengths"])
        count = job["gridPoints"]
        def regrid(curve):
            mjd, wavelength, flux, error = curve
            significance = abs(flux) / sqrt(error ** 2 + (0.01 * max(flux)) ** 2)
            scale = abs(flux[significance.argmax()])
            kernel = (0.5 * scale) ** 2 * Matern32Kernel([400.0, 6000.0 ** 2], ndim=2)
            kernel.freeze_parameter("k2:metric:log_M_1_1")
            gp = GP(kernel)
            start = gp.get_parameter_vector()
            gp.compute(column_stack([mjd, wavelength]), error)
            def value(theta):
                gp.set_parameter_vector(theta)
                return -gp.log_likelihood(flux)
            def gradient(theta):
                gp.set_parameter_vector(theta)
                return -gp.grad_log_likelihood(flux)
            bounds = [(start[0] - 10, start[0] + 10), (0, log(1e6))]
            fit = minimize(value, start, jac=gradient, bounds=bounds, tol=1e-6)
            theta = fit.x if fit.success else start
            gp.set_parameter_vector(theta)
            grid = linspace(mjd.min(), mjd.max(), count)
            places = column_stack([tile(grid, len(wavelengths)), repeat(wavelengths, count)])
            gp.predict(flux, places, return_cov=False)
            return fit.fun if fit.success else value(start)
        optima = [float(regrid(curve)) for curve in curves]
        microseconds = []
        place = 0
        for _ in range(job["repetitions"]):
            begin = perf_counter()
            done = 0
            while True:
                regrid(curves[place])
                place = (place + 1) % len(curves)
                done += 1
                elapsed = perf_counter() - begin
                if elapsed >= job["seconds"]:
                    break
            microseconds.append(elapsed * 1e6 / done)
        optima = [value if isfinite(value) else None for value in optima]
        dump({"microseconds": microseconds, "negativeLogLikelihoods": optima}, stdout)
        """

    private static let probe = """
        from sys import stdout
        from george import __version__ as george
        from numpy import __version__ as numpy
        from scipy import __version__ as scipy
        stdout.write(f"george {george}, scipy {scipy}, numpy {numpy}")
        """

    /// nil where Python or one of the libraries is missing.
    init?() {
        guard let found = try? Python.run(Self.probe, input: Data()), found.status == 0 else { return nil }
        versions = String(decoding: found.output, as: UTF8.self)
    }

    func run(_ curves: [LightCurve], repetitions: Int, seconds: Double) throws(BenchError) -> Outcome {
        let job = Job(
            curves: curves.map { .init(mjd: $0.mjd, wavelength: $0.wavelength, flux: $0.flux, fluxErr: $0.fluxErr) },
            wavelengths: CurveSet.passbands.map(\.wavelength), gridPoints: regridLength, repetitions: repetitions,
            seconds: seconds)
        do {
            let (status, output) = try Python.run(Self.script, input: JSONEncoder().encode(job))
            guard status == 0 else {
                throw BenchError.peerFailed(peer: Self.name, reason: "python3 ended with \(status)")
            }
            return try JSONDecoder().decode(Outcome.self, from: output)
        } catch let error as BenchError {
            throw error
        } catch {
            throw .peerFailed(peer: Self.name, reason: "\(error)")
        }
    }
}

import LightCurves
import ModelFile
import TestSupport
import Testing

@Suite struct FitTests {
    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func startAndBoundsEqualThePublished() throws {
        let golden = try Golden.shared.get()
        let starts = try golden.pairs("gp_theta0")
        let bounds = try golden.pairs("gp_bounds")
        for (row, curve) in golden.curves.enumerated() {
            let start = try #require(GaussianProcessFit.start(for: curve))
            expectEqual(start, starts[row])
            // The file has (lower, upper) of theta0, then of theta1.
            let box = GaussianProcessFit.bounds(around: start)
            expectEqual(SIMD2(box.lower.x, box.upper.x), bounds[2 * row])
            expectEqual(SIMD2(box.lower.y, box.upper.y), bounds[2 * row + 1])
        }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func fitsEndWhereThePublishedOnesDo() throws {
        let golden = try Golden.shared.get()
        let starts = try golden.pairs("gp_theta0")
        let thetas = try golden.pairs("gp_theta")
        let values = try golden.doubles("gp_nll")
        let iterations: [Int32] = try golden.pipeline.values("gp_nit")
        let evaluations: [Int32] = try golden.pipeline.values("gp_nfev")
        var process = GaussianProcess()
        var asGood = 0
        var samePath = 0
        var total = 0
        for (row, curve) in golden.curves.enumerated() {
            let fit = GaussianProcessFit.fit(curve, from: starts[row], with: &process)
            #expect(fit.converged)
            total += fit.evaluations
            let excess = fit.negativeLogLikelihood - values[row]
            asGood += excess <= 1e-4 ? 1 : 0
            samePath += fit.iterations == iterations[row] && fit.evaluations == evaluations[row] ? 1 : 0
            let distance = abs(fit.theta - thetas[row]).max()
            if abs(excess) > 1e-4 || distance > 1e-3 {
                print(
                    "fit \(row): likelihood \(excess > 0 ? "worse" : "better") by \(abs(excess)),",
                    "theta off by \(distance),",
                    "iterations \(fit.iterations) against \(iterations[row]),",
                    "evaluations \(fit.evaluations) against \(evaluations[row])")
            }
        }
        print("fits: \(asGood) of 300 as good, \(samePath) by the same path, \(Double(total) / 300) evaluations a fit")
        #expect(asGood >= 291)
        #expect(samePath >= 291)
    }

    @Test func aCurveWithoutFluxHasNoStart() {
        var curve = LightCurve()
        #expect(GaussianProcessFit.start(for: curve) == nil)
        curve.append(mjd: 0, passband: .ztfG, flux: 0, fluxErr: 1)
        #expect(GaussianProcessFit.start(for: curve) == nil)
    }

    private func expectEqual(_ left: SIMD2<Double>, _ right: SIMD2<Double>) {
        #expect(abs(left.x - right.x) <= 1e-14 * abs(right.x) && abs(left.y - right.y) <= 1e-14 * abs(right.y))
    }

    private func abs(_ vector: SIMD2<Double>) -> SIMD2<Double> { SIMD2(Swift.abs(vector.x), Swift.abs(vector.y)) }

    private func abs(_ value: Double) -> Double { Swift.abs(value) }
}

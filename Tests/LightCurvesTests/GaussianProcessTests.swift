import Alerts
import LightCurves
import TestSupport
import Testing

@Suite struct GaussianProcessTests {
    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)), arguments: ["0", ""])
    func likelihoodAndGradientEqualThePublishedAtStartAndOptimum(suffix: String) throws {
        let golden = try Golden.shared.get()
        let theta = try golden.pairs("gp_theta\(suffix)")
        let values = try golden.doubles("gp_nll\(suffix)")
        let gradients = try golden.pairs("gp_grad\(suffix)")
        var process = GaussianProcess()
        var worstValue = 0.0
        var worstGradient = 0.0
        var exact = 0
        for (row, curve) in golden.curves.enumerated() {
            let computed = process.likelihood(of: curve, at: theta[row])
            let likelihood = try #require(computed)
            worstValue = max(worstValue, abs(likelihood.negativeLog - values[row]) / abs(values[row]))
            // The gradient is a difference of sums that dwarf it near the optimum: what rounding leaves of it is
            // absolute. The floor is a tenth of the gradient at which the fit stops.
            let difference = likelihood.gradient - gradients[row]
            var isExact = true
            for axis in 0..<2 {
                worstGradient = max(worstGradient, abs(difference[axis]))
                #expect(abs(difference[axis]) <= 1e-9 * abs(gradients[row][axis]) + 1e-7, "row \(row)")
                isExact = isExact && abs(difference[axis]) <= 1e-9 * max(1, abs(gradients[row][axis]))
            }
            exact += isExact ? 1 : 0
        }
        print(
            "theta\(suffix): likelihood differs by \(worstValue) (relative), gradient by \(worstGradient) (absolute),",
            "\(exact) of 300 gradients within 1e-9")
        #expect(worstValue <= 1e-9)
        #expect(exact >= 290)
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func meanAndDeviationOnTheGridEqualThePublished() throws {
        let golden = try Golden.shared.get()
        let theta = try golden.pairs("gp_theta")
        let grids = try golden.doubles("grid_mjd")
        let means = try golden.doubles("grid_mean")
        let deviations = try golden.doubles("grid_std")
        var worstMean = 0.0
        var worstDeviation = 0.0
        for (row, curve) in golden.curves.enumerated() {
            var regridder = Regridder(passbands: golden.passbands[row], length: 100)
            let predicted = regridder.predict(curve, at: theta[row])
            #expect(predicted)
            regridder.predictDeviation(curve, at: theta[row])
            #expect(regridder.grid == Array(grids[(row * 100)..<(row * 100 + 100)]))
            // Of the predicted curve, which swings up to 130 times above the highest detection where the time scale is
            // short.
            let amplitude = (0..<200).map { abs(means[row * 200 + $0]) }.max() ?? 0
            for index in 0..<200 {
                worstMean = max(worstMean, abs(regridder.mean[index] - means[row * 200 + index]) / amplitude)
                let difference = regridder.deviation[index] - deviations[row * 200 + index]
                worstDeviation = max(worstDeviation, abs(difference) / amplitude)
            }
        }
        print("grid: mean differs by \(worstMean) of the amplitude, deviation by \(worstDeviation)")
        #expect(worstMean <= 1e-8)
        #expect(worstDeviation <= 1e-8)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5])
    func theGradientEqualsFiniteDifferences(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let curve = randomCurve(count: Int.random(in: 2...25, using: &generator), using: &generator)
        let theta = SIMD2(Double.random(in: 12...16, using: &generator), Double.random(in: 1...9, using: &generator))
        var process = GaussianProcess()
        func likelihood(at theta: SIMD2<Double>) throws -> GaussianProcess.Likelihood {
            let computed = process.likelihood(of: curve, at: theta)
            return try #require(computed)
        }
        let gradient = try likelihood(at: theta).gradient
        for axis in 0..<2 {
            var offset = SIMD2<Double>.zero
            offset[axis] = 1e-5
            let above = try likelihood(at: theta + offset).negativeLog
            let below = try likelihood(at: theta - offset).negativeLog
            let slope = (above - below) / 2e-5
            #expect(abs(gradient[axis] - slope) <= 1e-5 * max(1, abs(slope)), "seed \(seed)")
        }
    }

    @Test func aNoiselessPointIsInterpolatedWithoutUncertainty() throws {
        var curve = LightCurve()
        curve.append(mjd: 0, passband: .ztfG, flux: 100, fluxErr: 0)
        curve.append(mjd: 10, passband: .ztfR, flux: 50, fluxErr: 0)
        let theta = SIMD2(8.0, 6.0)
        var regridder = Regridder(passbands: [.ztfG, .ztfR], length: 3)
        let predicted = regridder.predict(curve, at: theta)
        #expect(predicted)
        regridder.predictDeviation(curve, at: theta)
        #expect(regridder.grid == [0, 5, 10])
        #expect(abs(regridder.mean[0] - 100) < 1e-9)
        #expect(abs(regridder.mean[5] - 50) < 1e-9)
        #expect(regridder.deviation[0] < 1e-4)
        #expect(regridder.deviation[3] > 1)
    }

    @Test func twoEqualPointsWithoutNoiseHaveNoLikelihood() {
        var curve = LightCurve()
        for _ in 0..<2 {
            curve.append(mjd: 0, passband: .ztfG, flux: 1e5, fluxErr: 0)
        }
        var process = GaussianProcess()
        let likelihood = process.likelihood(of: curve, at: SIMD2(20, 6))
        #expect(likelihood == nil)
        let isConditioned = process.condition(on: curve, at: SIMD2(20, 6))
        #expect(!isConditioned)
    }
}

import Alerts
import CKernels
import LightCurves
import TestSupport
import Testing

/// The lanes against tightly converged optima of the plain engine.
@Suite struct LaneAgreementTests {
    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func goldenCurvesEndAtTheirOptima() throws {
        let golden = try Golden.shared.get()
        let comparison = compare(golden.curves)
        print("golden curves: \(comparison)")
        comparison.check()
    }

    @Test func simulatedCurvesEndAtTheirOptima() {
        var random = SplitMix64(seed: 2026)
        var curves: [LightCurve] = []
        for index in 0..<10_000 {
            let range = index % 1000 == 0 ? 120...200 : index % 100 == 1 ? 50...120 : index % 10 == 2 ? 25...50 : 4...24
            curves.append(simulatedCurve(count: Int.random(in: range, using: &random), using: &random))
        }
        curves[0] = simulatedCurve(count: 200, using: &random)
        let comparison = compare(curves)
        print("simulated curves: \(comparison)")
        comparison.check()
    }

    @Test func theDeviationIsThatOfThePlainEngine() {
        var random = SplitMix64(seed: 5)
        let curves = (0..<40).map { simulatedCurve(count: 3 + $0, using: &random) }
        let lanes = LaneRegridder(passbands: threeBands, length: 30)
        lanes.regrid(batch(of: curves), predictsDeviation: true)
        var plain = Regridder(passbands: threeBands, length: 30)
        for (index, curve) in curves.enumerated() {
            let theta = lanes.outcomes[index].theta
            let predicted = plain.predict(curve, at: theta)
            #expect(predicted)
            plain.predictDeviation(curve, at: theta)
            let largest = plain.deviation.max() ?? 0
            for (point, expected) in plain.deviation.enumerated() {
                #expect(abs(lanes.deviation[index * 90 + point] - expected) <= 1e-6 * largest)
            }
        }
    }

    @Test func theMeanIsThatOfThePlainEngineAtTheSameParameters() {
        var random = SplitMix64(seed: 6)
        for length in [1, 2, 7, 100] {
            let curves = (0..<60).map { simulatedCurve(count: 2 + $0, using: &random) }
            let lanes = LaneRegridder(passbands: threeBands, length: length)
            lanes.regrid(batch(of: curves))
            var plain = Regridder(passbands: threeBands, length: length)
            for (index, curve) in curves.enumerated() {
                let predicted = plain.predict(curve, at: lanes.outcomes[index].theta)
                #expect(predicted)
                let largest = (plain.mean.map { abs($0) }.max() ?? 0) + (curve.flux.map { abs($0) }.max() ?? 0)
                for (point, expected) in plain.mean.enumerated() {
                    #expect(abs(lanes.mean[index * length * 3 + point] - expected) <= 1e-8 * largest)
                }
            }
        }
    }

    /// How the lanes' fits of many curves compare with the plain engine's.
    struct Comparison: CustomStringConvertible {
        var count = 0
        /// Ended elsewhere, with a likelihood that is better or worse by more than 1e-3, or the same within that.
        var better = 0
        var worse = 0
        var level = 0
        var reasons = 0
        var evaluations = 0
        /// Of the others: differences in likelihood, and of the grid by the curve's largest |flux|.
        var likelihoods: [Double] = []
        var grids: [Double] = []

        func percentile(_ values: [Double], _ fraction: Double) -> Double {
            let sorted = values.sorted()
            return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(fraction * Double(sorted.count)))]
        }

        var description: String {
            func numbers(_ values: [Double]) -> String {
                "p50 \(percentile(values, 0.5)), p99 \(percentile(values, 0.99)), largest \(percentile(values, 1))"
            }
            return """
                \(count), of them in another mode \(better) better, \(worse) worse and \(level) level, \(reasons) without result; \
                \(Double(evaluations) / Double(max(1, count))) evaluations; \
                likelihood \(numbers(likelihoods)); grid \(numbers(grids))
                """
        }

        func check() {
            #expect(likelihoods.allSatisfy { $0.isFinite } && grids.allSatisfy { $0.isFinite })
            #expect(percentile(likelihoods, 0.99) <= 1e-6)
            #expect(percentile(grids, 0.99) <= 1e-4)
            #expect(reasons == 0)
            #expect(Double(worse) <= 0.015 * Double(count))
        }
    }

    private func compare(_ curves: [LightCurve]) -> Comparison {
        let lanes = LaneRegridder(passbands: threeBands, length: 100)
        lanes.regrid(batch(of: curves))
        var process = GaussianProcess()
        var plain = Regridder(passbands: threeBands, length: 100)
        var comparison = Comparison(count: curves.count)
        for (index, curve) in curves.enumerated() {
            let outcome = lanes.outcomes[index]
            comparison.evaluations += outcome.evaluations
            guard outcome.reason == nil, let optimum = tightOptimum(of: curve, with: &process) else {
                comparison.reasons += 1
                continue
            }
            let excess = outcome.negativeLogLikelihood - optimum.value
            let distance = outcome.theta - optimum.point
            if abs(excess) > 1e-6, max(abs(distance.x), abs(distance.y)) > 0.1 {
                comparison.better += excess < -1e-3 ? 1 : 0
                comparison.worse += excess > 1e-3 ? 1 : 0
                comparison.level += abs(excess) <= 1e-3 ? 1 : 0
                continue
            }
            comparison.likelihoods.append(abs(excess))
            guard plain.predict(curve, at: optimum.point) else { continue }
            let amplitude = curve.flux.reduce(0) { max($0, abs($1)) }
            let mean = lanes.mean[index * 300..<(index + 1) * 300]
            let difference = zip(mean, plain.mean).reduce(0) { max($0, abs($1.0 - $1.1)) }
            comparison.grids.append(difference / amplitude)
        }
        return comparison
    }
}

import Alerts
import CKernels
import LightCurves
import Testing

/// Curves that have no fit end as a reason, and do no harm to their neighbours.
@Suite struct LaneDegenerateInputTests {
    typealias Point = (mjd: Double, band: UInt8, flux: Double, error: Double)

    private static let good: [Point] = [(0, 0, 100, 5), (3, 1, 120, 5), (7, 0, 90, 5), (12, 1, 70, 5)]

    /// The outcome of a curve among good ones, in each code; every number is finite and the good ones are as ever.
    private func outcomes(of points: [Point]) -> [LaneRegridder.Outcome] {
        LaneCode.available.map { code in
            let regridder = code.regridder(length: 11)
            regridder.regrid(batch([Self.good, Self.good]), predictsDeviation: true)
            let expected = (regridder.outcomes[0], Array(regridder.mean[0..<33]))
            regridder.regrid(batch([Self.good, points, Self.good, []]), predictsDeviation: true)
            #expect(regridder.mean.count == 4 * 33 && regridder.deviation.count == 4 * 33)
            #expect(regridder.mean.allSatisfy { $0.isFinite } && regridder.deviation.allSatisfy { $0.isFinite })
            for neighbour in [0, 2] {
                #expect(regridder.outcomes[neighbour] == expected.0)
                #expect(Array(regridder.mean[neighbour * 33..<(neighbour + 1) * 33]) == expected.1)
            }
            #expect(regridder.outcomes[3].reason == .tooFewDetections)
            let outcome = regridder.outcomes[1]
            if outcome.reason != nil {
                #expect(regridder.mean[33..<66].allSatisfy { $0 == 0 })
                #expect(regridder.deviation[33..<66].allSatisfy { $0 == 0 })
            }
            #expect(outcome.theta.x.isFinite && outcome.theta.y.isFinite && outcome.negativeLogLikelihood.isFinite)
            return outcome
        }
    }

    private func expect(_ reason: SkipReason?, of points: [Point], _ location: SourceLocation = #_sourceLocation) {
        for outcome in outcomes(of: points) {
            #expect(outcome.reason == reason, sourceLocation: location)
        }
    }

    @Test func noPointsOrOneInstant() {
        expect(.tooFewDetections, of: [])
        expect(.noTimeSpan, of: [(5, 0, 100, 1)])
        expect(.noTimeSpan, of: [(5, 0, 100, 1), (5, 1, 90, 1), (5, 0, 80, 1)])
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func whatIsNoNumber(value: Double) {
        expect(.nonFinite, of: Self.good + [(value, 0, 100, 1)])
        expect(.nonFinite, of: Self.good + [(1, 0, value, 1)])
        expect(.nonFinite, of: Self.good + [(1, 0, 100, value)])
    }

    @Test func pointsOfNoPassbandAreLeftOut() {
        expect(nil, of: Self.good + [(.nan, 3, .nan, .nan), (1, 255, 0, 0)])
        expect(.tooFewDetections, of: [(0, 3, 1, 1), (1, 4, 1, 1)])
    }

    @Test func zeroFluxHasNoScale() {
        expect(.nonFinite, of: [(0, 0, 0, 1), (1, 0, 0, 1), (2, 1, 0, 1)])
    }

    @Test func constantFluxIsFitted() {
        expect(nil, of: series(20, every: 1) { _ in (50, 1) })
        expect(nil, of: series(20, every: 1) { _ in (-50, 0) })
    }

    @Test func errorsOfZeroAreFittedWhereTimesDifferAndRefusedWhereTheyDoNot() {
        expect(nil, of: [(0, 0, 100, 0), (4, 1, 120, 0), (9, 0, 90, 0)])
        expect(.notPositiveDefinite, of: [(0, 0, 1e6, 0), (0, 0, 1e6, 0), (4, 1, 2e6, 0)])
        expect(.notPositiveDefinite, of: [(0, 0, 1e6, 0), (0, 0, 3e6, 0), (4, 1, 2e6, 0)])
    }

    @Test func duplicateEpochsWithErrorsAreFitted() {
        expect(nil, of: [(0, 0, 100, 5), (0, 0, 110, 5), (0, 1, 100, 5), (3, 1, 120, 5), (3, 1, 120, 5)])
    }

    @Test func negativeErrorsCountByTheirSquare() {
        let negative: [Point] = Self.good.map { ($0.mjd, $0.band, $0.flux, -$0.error) }
        #expect(outcomes(of: negative) == outcomes(of: Self.good))
    }

    @Test func nightsAndDecades() {
        expect(nil, of: [(0, 0, 100, 5), (0.001, 1, 120, 5), (0.002, 0, 90, 5)])
        expect(nil, of: series(40, every: 100) { (100 + Double($0 % 7), 5) })
        expect(.nonFinite, of: [(0, 0, 100, 5), (2e9, 0, 90, 5)])
    }

    @Test(arguments: [200, 500, 512, 513])
    func longCurves(count: Int) {
        let points = series(count, every: 0.37) { (100 + Double(($0 * 7919) % 101), 10) }
        let regridder = LaneRegridder(passbands: threeBands, length: 10)
        regridder.regrid(batch([points, Self.good]))
        #expect(regridder.outcomes[0].reason == (count <= 512 ? nil : .tooManyDetections))
        #expect(regridder.outcomes[1].reason == nil)
        #expect(regridder.mean.allSatisfy { $0.isFinite })
    }

    @Test func extremeNumbersGiveFiniteGridsOrAReason() {
        let sizes = [1e-300, 1e-160, 1e-30, 1e-6, 1, 1e30, 1e150, 1e300]
        for flux in sizes {
            for other in sizes {
                for error in [0, 1e-300, 1e-3, 1, 1e20, 1e160, 1e300] {
                    _ = outcomes(of: [(0, 0, flux, error), (1e-9, 1, -other, error), (1e4, 0, 20, error)])
                }
            }
        }
    }

    @Test func anEmptyBatchIsNoBatch() {
        let regridder = LaneRegridder(passbands: threeBands, length: 10)
        regridder.regrid(LightCurveBatch())
        #expect(regridder.outcomes.isEmpty && regridder.mean.isEmpty)
        regridder.regrid(batch([[], []]))
        #expect(regridder.outcomes.map(\.reason) == [.tooFewDetections, .tooFewDetections])
    }

    /// Points in three bands by turns, `days` apart.
    private func series(
        _ count: Int, every days: Double, _ photometry: (Int) -> (flux: Double, error: Double)
    ) -> [Point] {
        (0..<count).map { index in
            let (flux, error) = photometry(index)
            return (Double(index) * days, UInt8(index % 3), flux, error)
        }
    }

    private func batch(_ curves: [[Point]]) -> LightCurveBatch {
        var batch = LightCurveBatch()
        for curve in curves {
            for point in curve {
                batch.appendPoint(mjd: point.mjd, passband: point.band, flux: point.flux, fluxErr: point.error)
            }
            batch.endCurve()
        }
        return batch
    }
}

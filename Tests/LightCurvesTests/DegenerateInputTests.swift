import Alerts
import LightCurves
import Testing

@Suite struct DegenerateInputTests {
    @Test func anEmptyHistoryOrOnePointIsTooFew() {
        #expect(outcome(of: []) == .tooFewDetections)
        #expect(outcome(of: [row(0, .g)]) == .tooFewDetections)
    }

    @Test func missingMagnitudesAreNoDetections() {
        #expect(outcome(of: [row(0, .g), row(1, .r), row(2, .g, .nan)]) == nil)
        #expect(outcome(of: [row(0, .g), row(1, .r, .nan), row(2, .g, .nan)]) == .tooFewDetections)
        #expect(outcome(of: [row(0, .g, .nan), row(1, .r), row(2, .r)]) == .missingBands)
    }

    @Test func aDetectionWithoutAnErrorIsNotUsed() {
        #expect(outcome(of: [row(0, .g), row(1, .r, 18, .nan)]) == .missingBands)
    }

    @Test func oneInstantHasNoTimeSpan() {
        #expect(outcome(of: [row(5, .g), row(5, .r), row(5, .g)]) == .noTimeSpan)
    }

    @Test(arguments: [Float.infinity, -.infinity, -1e30, 1e30, .greatestFiniteMagnitude])
    func magnitudesWithoutAFiniteFluxScaleAreRefused(magpsf: Float) {
        #expect(outcome(of: [row(0, .g, magpsf), row(1, .r, magpsf), row(2, .g, magpsf)]) == .nonFinite)
    }

    @Test(arguments: [Float.infinity, -.infinity])
    func infiniteErrorsAreRefused(sigmapsf: Float) {
        #expect(outcome(of: [row(0, .g), row(1, .r), row(2, .g, 18, sigmapsf)]) == .nonFinite)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func timesThatAreNoNumbersAreRefused(day: Double) {
        #expect(outcome(of: [row(0, .g), row(day, .g), row(1, .r)]) == .nonFinite)
        #expect(outcome(of: [row(day, .g), row(0, .g), row(1, .r)]) == .nonFinite)
    }

    @Test func errorsOfZeroAreFittedWhereTimesDifferAndRefusedWhereTheyDoNot() {
        #expect(outcome(of: [row(0, .g, 18, 0), row(4, .r, 18.5, 0), row(9, .g, 18.2, 0)]) == nil)
        #expect(
            outcome(of: [row(0, .g, 18, 0), row(0, .g, 18, 0), row(4, .r, 18.5, 0)]) == .notPositiveDefinite)
    }

    @Test func aNegativeErrorCountsByItsSquare() {
        let positive = inputs(of: [row(0, .g), row(4, .r, 18.5), row(9, .g, 18.2)])
        let negative = inputs(of: [row(0, .g, 18, -0.1), row(4, .r, 18.5, -0.1), row(9, .g, 18.2, -0.1)])
        #expect(positive.count == 200)
        #expect(positive == negative)
    }

    @Test func extremeButFiniteCurvesGiveFiniteInputOrAReason() {
        let magnitudes: [Float] = [-700, -100, 0, 18, 40, 300, 700]
        for first in magnitudes {
            for second in magnitudes {
                for sigma: Float in [1e-30, 1e-3, 0.1, 10, 1e20] {
                    _ = outcome(of: [row(0, .g, first, sigma), row(1e-9, .r, second, 0.1), row(1e4, .g, 20, sigma)])
                }
            }
        }
    }

    @Test(arguments: [499, 500, 501, 1200])
    func aLongHistoryIsFittedUpToTheLimit(count: Int) {
        // Fading, with every third point in r; 1e-3 days apart so that the fit has much to tell apart.
        let rows = (0..<count).map { row(Double($0) * 0.05, $0 % 3 == 0 ? .r : .g, 18 + Float($0) * 1e-3) }
        #expect(outcome(of: rows) == (count <= 500 ? nil : .tooManyDetections))
    }

    @Test func aBatchOfOnlyBadAlertsLeavesNoRows() {
        var batch = madeUpBatch([[(0, .g, .nan), (1, .r, 18)], [(0, .g, .infinity), (1, .r, 18)], []])
        batch.alerts[2].observations = -5..<10_000
        let (features, skips) = extract(batch)
        #expect(features.count == 0 && features.inputs.isEmpty)
        #expect(skips.count == 3)
        #expect(skips.allSatisfy { $0 != nil })
    }

    private func row(_ day: Double, _ band: Band, _ magpsf: Float = 18, _ sigmapsf: Float = 0.1) -> Detections.Row {
        .init(jd: 2_459_000.5 + day, band: band, origin: .previous, magpsf: magpsf, sigmapsf: sigmapsf, isdiffpos: 1)
    }

    /// Why an alert with these rows is skipped; nil when it has a row, all of whose values are finite.
    private func outcome(of rows: [Detections.Row]) -> SkipReason? {
        let (features, skips) = extract(batch(of: rows))
        #expect(skips.count == 1)
        #expect(features.inputs.count == (skips.first == .some(nil) ? 200 : 0))
        #expect(features.inputs.allSatisfy { $0.isFinite })
        return skips[0]
    }

    private func inputs(of rows: [Detections.Row]) -> [Float] {
        extract(batch(of: rows)).0.inputs
    }

    private func batch(of rows: [Detections.Row]) -> AlertBatch {
        var batch = AlertBatch()
        for row in rows {
            batch.detections.append(row)
        }
        var alert = Alert(survey: .ztf, candid: 1, objectId: ObjectId(1), jd: 2_459_010.5, band: .g)
        alert.jdstarthist = 2_459_000.5
        alert.observations = 0..<rows.count
        batch.alerts.append(alert)
        return batch
    }

    private func extract(_ batch: AlertBatch) -> (FeatureBatch, [SkipReason?]) {
        var features = FeatureBatch(preset: .finkT2)
        var skips: [SkipReason?] = []
        FeatureExtractor(preset: .finkT2).extract(batch, into: &features, skips: &skips)
        return (features, skips)
    }
}

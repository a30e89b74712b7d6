import Alerts
import LightCurves
import TestSupport
import Testing

/// What holds for every alert, on the surveys' own and on made-up ones.
@Suite struct PresetPropertyTests {
    static let own = [Preset.observations1, .grid1]

    /// Ours with every kind of row, so that forced photometry and limits take part.
    static let withEverything = own.map { preset in
        preset.changed { $0.observations.rows = [.detections, .forced, .upperLimits] }
    }

    private static func madeUp() -> AlertBatch {
        var batch = AlertBatch()
        for seed in 0..<40 {
            let bands = Array(Band.allCases.prefix(1 + seed % 6))
            let single = apusBatch(transientRows(bands: bands, days: [0.4, 20, 90, 400][seed % 4], seed: UInt64(seed)))
            let start = batch.detections.count
            for row in single.alerts[0].observations { batch.detections.append(single.detections[row]) }
            var alert = single.alerts[0]
            alert.observations = start..<batch.detections.count
            batch.alerts.append(alert)
        }
        return batch
    }

    private static func apusBatch(_ rows: [Detections.Row]) -> AlertBatch { batch(ofRows: rows) }

    /// A sample of every source there is.
    private static func samples() throws -> [AlertBatch] {
        var samples = RealAlerts.each(madeUp())
        if SharedData.isPresent {
            samples += RealAlerts.each(try RealAlerts.ztf.get(), step: 7)
            samples += RealAlerts.each(try RealAlerts.lsst.get(), step: 2)
        }
        return samples
    }

    private func rows(of batch: AlertBatch) -> [Detections.Row] {
        batch.alerts[0].observations.map { batch.detections[$0] }
    }

    private func replacingRows(of batch: AlertBatch, _ rows: [Detections.Row]) -> AlertBatch {
        var changed = AlertBatch()
        for row in rows { changed.detections.append(row) }
        var alert = batch.alerts[0]
        alert.observations = 0..<rows.count
        changed.alerts.append(alert)
        return changed
    }

    @Test(
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)), arguments: own + withEverything + [.finkT2])
    func theSurveysOwnAlertsGiveFiniteFeaturesOrAReason(preset: Preset) throws {
        for (survey, alerts) in [("ztf", try RealAlerts.ztf.get()), ("lsst", try RealAlerts.lsst.get())] {
            let (features, skips) = extract(alerts, preset)
            var reasons: [String: Int] = [:]
            for case let reason? in skips { reasons[reason.name, default: 0] += 1 }
            let counts = reasons.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            print("\(preset.name), \(survey): \(alerts.count) alerts, \(features.count) selected, \(counts)")
            #expect(skips.count == alerts.count)
            #expect(features.alertIndices == skips.indices.filter { skips[$0] == nil })
            #expect(features.rowStarts.count == features.count + 1)
            #expect(features.rowStarts.last.map { $0 * features.channels } == features.inputs.count)
            #expect(features.scalars.count == features.count * preset.scalars.count)
            #expect(features.inputs.allSatisfy { $0.isFinite } && features.scalars.allSatisfy { $0.isFinite })
            if preset != .finkT2 { #expect(features.count > 0) }
        }
    }

    @Test(arguments: withEverything)
    func theOrderOfTheObservationsDoesNotMatter(preset: Preset) throws {
        var generator = SplitMix64(seed: 1)
        for sample in try Self.samples() {
            let (before, skips) = extract(sample, preset)
            let (after, skipsAfter) = extract(replacingRows(of: sample, rows(of: sample).shuffled(using: &generator)), preset)
            #expect(before.inputs == after.inputs && before.scalars == after.scalars && skips == skipsAfter)
        }
    }

    @Test(arguments: withEverything)
    func whatElseIsInTheBatchDoesNotMatter(preset: Preset) throws {
        let samples = try Self.samples()
        var together = AlertBatch()
        for sample in samples {
            let start = together.detections.count
            for row in rows(of: sample) { together.detections.append(row) }
            var alert = sample.alerts[0]
            alert.observations = start..<together.detections.count
            together.alerts.append(alert)
        }
        let (features, skips) = extract(together, preset)
        let extractor = FeatureExtractor(preset: preset)
        var single = FeatureBatch(preset: preset)
        var singleSkips: [SkipReason?] = []
        var row = 0
        // Backwards, with one extractor, so that what it did before would show.
        for (index, sample) in samples.enumerated().reversed() {
            extractor.extract(sample, into: &single, skips: &singleSkips)
            #expect(singleSkips == [skips[index]])
            guard skips[index] == nil else { continue }
            row += 1
            let own = features.count - row
            #expect(single.inputs == Array(features.inputs[features.inputRange(row: own)]))
            let scalars = preset.scalars.count
            #expect(single.scalars == Array(features.scalars[(own * scalars)..<((own + 1) * scalars)]))
        }
        #expect(row == features.count && row > 20)
    }

    @Test(arguments: withEverything, [1024.0, -123.456])
    func addingAConstantToAllTimesDoesNotMatter(preset: Preset, shift: Double) throws {
        for sample in try Self.samples() {
            let moved = rows(of: sample).map { row in
                var row = row
                row.jd += shift
                return row
            }
            var other = replacingRows(of: sample, moved)
            other.alerts[0].jd += shift
            other.alerts[0].jdstarthist += shift
            let (before, after) = (extract(sample, preset), extract(other, preset))
            #expect(before.skips == after.skips)
            // Julian dates are known to 4e-10 days; a likelihood may be flat, or have two optima that are as good.
            let isGrid = preset.inputLength != nil
            #expect(largestDifference(before.features.inputs, after.features.inputs) <= (isGrid ? 1e-2 : 1e-6))
            #expect(largestDifference(before.features.scalars, after.features.scalars) <= 1e-4)
        }
    }

    @Test func aMovingObjectOfLSSTIsSkippedAsSuch() throws {
        var alert = Alert(survey: .lsst, candid: 1, objectId: ObjectId(1), jd: 2_459_000.5, band: .r)
        alert.ssdistnr = 0
        var batch = AlertBatch()
        for day in [0.0, 0.01] { batch.detections.append(fluxRow(day, .r, 100, 1)) }
        alert.observations = 0..<2
        batch.alerts.append(alert)
        #expect(extract(batch, .observations1).skips == [.solarSystemObject])
        batch.alerts[0].ssdistnr = .nan
        #expect(extract(batch, .observations1).skips == [nil])
    }
}

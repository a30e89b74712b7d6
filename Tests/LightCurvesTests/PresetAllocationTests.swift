import Alerts
import CAllocationCounter
import LightCurves
import Testing

@Suite(.enabled(if: apus_allocation_counter_works(), "allocations are counted on glibc, without sanitizers"))
struct PresetAllocationTests {
    @Test(arguments: Preset.all)
    func anAlertAllocatesNothingOnceTheBuffersHaveGrown(preset: Preset) {
        var batch = AlertBatch()
        for seed in 0..<12 {
            let start = batch.detections.count
            let rows = transientRows(bands: [.g, .r], seed: UInt64(seed))
            for row in rows { batch.detections.append(row) }
            for (day, row) in rows.enumerated() { batch.detections.append(magnitudeRow(Double(day), row.band, 18 + Float(day % 5) * 0.2)) }
            var alert = Alert(survey: .ztf, candid: Int64(seed), objectId: ObjectId(1), jd: 2_459_060.5, band: .g)
            alert.jdstarthist = alert.jd - 60
            alert.observations = start..<(batch.detections.count - (seed % 4 == 3 ? 2 * rows.count - 1 : 0))
            batch.alerts.append(alert)
        }
        let extractor = FeatureExtractor(preset: preset)
        var features = FeatureBatch(preset: preset)
        var skips: [SkipReason?] = []
        // Twice: the second meets buffers that the first has grown.
        for _ in 0..<2 { extractor.extract(batch, into: &features, skips: &skips) }
        apus_allocation_counter_start()
        for _ in 0..<3 { extractor.extract(batch, into: &features, skips: &skips) }
        #expect(apus_allocation_counter_stop() == 0)
        #expect(features.count == 9 && skips.count == 12)
    }
}

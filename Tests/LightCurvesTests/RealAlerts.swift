import Alerts
import AvroCoding
import Foundation
import TestSupport

/// The survey's own alerts of the shared folder, decoded once.
struct RealAlerts {
    static let ztf = Result { try decoded(below: "alerts/ztf") }
    static let lsst = Result { try decoded(below: "alerts/lsst") }

    private static func decoded(below folder: String) throws -> AlertBatch {
        let root = URL(fileURLWithPath: try SharedData.path(folder))
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path).sorted()
        let decoder = AlertDecoder(schemas: SchemaFolder(path: try SharedData.path("schemas/lsst")))
        var batch = AlertBatch()
        for path in paths where !path.hasSuffix(".json") {
            guard let bytes = try? Data(contentsOf: root.appending(path: path)) else { continue }
            _ = try decoder.decode([UInt8](bytes).span.bytes, into: &batch)
        }
        return batch
    }

    /// Every `step`th alert in a batch of its own, its rows changed.
    static func each(
        _ batch: AlertBatch, step: Int = 1, _ change: (inout [Detections.Row]) -> Void = { _ in }
    ) -> [AlertBatch] {
        stride(from: 0, to: batch.count, by: step).map { index in
            var alert = batch.alerts[index]
            var rows = alert.observations.map { batch.detections[$0] }
            change(&rows)
            var single = AlertBatch()
            for row in rows { single.detections.append(row) }
            alert.observations = 0..<rows.count
            single.alerts.append(alert)
            return single
        }
    }
}

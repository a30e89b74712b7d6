public import Telemetry
import Foundation

/// One line about a run for people.
public struct StatusLine: CustomStringConvertible {
    public let description: String

    public init(_ totals: RunTelemetry.Totals, alertsPerSecond: Double) {
        let counters = totals.counters
        var text =
            "consumed \(counters.consumed) (\(Int(alertsPerSecond))/s): classified \(counters.classified), "
            + "skipped \(counters.skippedTotal), quarantined \(counters.quarantinedTotal)"
        if let p50 = totals.serviceLatency.milliseconds(atPercentile: 50),
            let p99 = totals.serviceLatency.milliseconds(atPercentile: 99)
        {
            text += String(format: "; latency p50 %.0f ms, p99 %.0f ms", p50, p99)
        }
        if totals.writeRetries > 0 { text += "; \(totals.writeRetries) retries of writes" }
        if totals.schemaRetries > 0 { text += "; \(totals.schemaRetries) waits for a schema" }
        if totals.fencedBatches > 0 { text += "; \(totals.fencedBatches) batches given up" }
        description = text
    }
}

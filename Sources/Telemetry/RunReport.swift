/// A run's totals as JSON for scripts: counts, rates, stage seconds and latency percentiles.
public struct RunReport: Codable, Sendable {
    public struct Latency: Codable, Sendable {
        public var p50: Double
        public var p95: Double
        public var p99: Double
        public var max: Double
    }

    public var consumed: Int
    public var classified: Int
    public var skipped: [String: Int]
    public var quarantined: [String: Int]
    public var messages: Int
    public var bytes: Int
    public var batches: Int
    public var writeRetries: Int
    public var schemaRetries: Int
    public var fencedBatches: Int
    /// First message received to last commit.
    public var seconds: Double
    /// Alerts consumed a second.
    public var alertsPerSecond: Double
    /// Alerts that reached the network a second.
    public var classifiedPerSecond: Double
    /// Thread seconds by stage, all workers together.
    public var stageSeconds: [String: Double]
    /// Kafka message timestamp to commit, milliseconds.
    public var serviceLatencyMs: Latency

    public init(_ totals: RunTelemetry.Totals) {
        let counters = totals.counters
        consumed = counters.consumed
        classified = counters.classified
        skipped = counters.skipped
        quarantined = counters.quarantined
        messages = counters.messages
        bytes = counters.bytes
        batches = counters.batches
        writeRetries = totals.writeRetries
        schemaRetries = totals.schemaRetries
        fencedBatches = totals.fencedBatches
        seconds = totals.seconds
        alertsPerSecond = seconds > 0 ? Double(consumed) / seconds : 0
        classifiedPerSecond = seconds > 0 ? Double(classified) / seconds : 0
        stageSeconds = [
            "decode": totals.stages.decode, "features": totals.stages.features, "inference": totals.stages.inference,
            "write": totals.stages.write,
        ]
        let latency = totals.serviceLatency
        serviceLatencyMs = Latency(
            p50: latency.milliseconds(atPercentile: 50) ?? 0, p95: latency.milliseconds(atPercentile: 95) ?? 0,
            p99: latency.milliseconds(atPercentile: 99) ?? 0, max: latency.maximumMilliseconds ?? 0)
    }
}

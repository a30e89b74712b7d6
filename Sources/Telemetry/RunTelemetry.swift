import Synchronization

/// The running totals of one process: threads add to it once per batch, the status line and the report read it.
public final class RunTelemetry: Sendable {
    public struct Totals: Sendable {
        public var counters = StreamCounters()
        public var stages = StageTimes()
        /// Kafka message timestamp to commit of its row.
        public var serviceLatency = LatencyHistogram()
        public var writeRetries = 0
        /// Batches given up because another instance owns their partitions; that instance writes them.
        public var fencedBatches = 0
    }

    private let totals = Mutex(Totals())

    public init() {}

    public func addStages(_ stages: StageTimes) {
        totals.withLock { $0.stages += stages }
    }

    /// Counts what one committed batch became, and the latency of each of its alerts.
    public func addCommitted(_ counters: StreamCounters, writeSeconds: Double, latenciesMicroseconds: [Int64]) {
        totals.withLock {
            $0.counters += counters
            $0.stages.write += writeSeconds
            for latency in latenciesMicroseconds { $0.serviceLatency.record(microseconds: latency) }
        }
    }

    public func addWriteRetry() {
        totals.withLock { $0.writeRetries += 1 }
    }

    public func addFencedBatch() {
        totals.withLock { $0.fencedBatches += 1 }
    }

    public var snapshot: Totals { totals.withLock { $0 } }
}

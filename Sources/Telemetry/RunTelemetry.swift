import Synchronization

/// The running totals of one process: threads add to it once per batch, the status line and the report read it.
public final class RunTelemetry: Sendable {
    public struct Totals: Sendable {
        public var counters = StreamCounters()
        public var stages = StageTimes()
        /// Kafka message timestamp to commit of its row.
        public var serviceLatency = LatencyHistogram()
        public var writeRetries = 0
        /// Waits of a batch for a schema that could not be had.
        public var schemaRetries = 0
        /// Monotonic nanoseconds when the first batch was received and when the newest one was committed.
        public var firstReceived: UInt64?
        public var lastCommitted: UInt64?
        /// Batches given up because another instance owns their partitions; that instance writes them.
        public var fencedBatches = 0

        /// First message received to last commit.
        public var seconds: Double {
            guard let firstReceived, let lastCommitted, lastCommitted > firstReceived else { return 0 }
            return Double(lastCommitted - firstReceived) * 1e-9
        }
    }

    private let totals = Mutex(Totals())

    public init() {}

    public func addReceived(at nanoseconds: UInt64) {
        totals.withLock { if $0.firstReceived == nil { $0.firstReceived = nanoseconds } }
    }

    public func addStages(_ stages: StageTimes) {
        totals.withLock { $0.stages += stages }
    }

    /// Counts what one committed batch became, and the latency of each of its alerts.
    public func addCommitted(_ counters: StreamCounters, writeSeconds: Double, latenciesMicroseconds: [Int64]) {
        totals.withLock {
            $0.counters += counters
            $0.stages.write += writeSeconds
            $0.lastCommitted = MonotonicClock.nanoseconds
            for latency in latenciesMicroseconds { $0.serviceLatency.record(microseconds: latency) }
        }
    }

    public func addWriteRetry() {
        totals.withLock { $0.writeRetries += 1 }
    }

    public func addSchemaRetry() {
        totals.withLock { $0.schemaRetries += 1 }
    }

    public func addFencedBatch() {
        totals.withLock { $0.fencedBatches += 1 }
    }

    public var snapshot: Totals { totals.withLock { $0 } }
}

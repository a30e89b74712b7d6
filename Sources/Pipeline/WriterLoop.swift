package import Logging
import Store
package import Telemetry

/// The writer thread: commits finished batches in the order they were read.
package final class WriterLoop {
    private let database: String
    private let modelId: Int32
    /// Made by the thread that uses it, with its connection.
    private var writer: ResultWriter?
    private let finished: BoundedQueue<Finished>
    private let pool: ResultPool
    private let inFlight: InFlight
    private let committed: CommittedOffsets
    private let telemetry: RunTelemetry
    private let stop: StopSignal
    private let rejoin: RejoinRequest
    private let logger: Logger
    private var order = ReorderBuffer<Finished>()
    private var backoff = Backoff(seed: MonotonicClock.nanoseconds)
    private var latencies: [Int64] = []
    /// A batch is missing for good, so nothing behind it can be committed.
    private var hasGap = false
    /// The newest membership of which a batch was refused. What that membership read behind it must not be committed either: a
    /// partition of which nothing is stored yet takes a batch from any offset. The next membership reads all of it again.
    private var refusedMembership = 0

    package init(
        database: String, modelId: Int32, finished: BoundedQueue<Finished>, pool: ResultPool, inFlight: InFlight,
        committed: CommittedOffsets, telemetry: RunTelemetry, stop: StopSignal, rejoin: RejoinRequest, logger: Logger
    ) {
        self.database = database
        self.modelId = modelId
        self.finished = finished
        self.pool = pool
        self.inFlight = inFlight
        self.committed = committed
        self.telemetry = telemetry
        self.stop = stop
        self.rejoin = rejoin
        self.logger = logger
    }

    /// Runs until the queue is closed and empty.
    package func run() {
        while let next = finished.pop() {
            order.insert(next, sequence: next.sequence)
            while let batch = order.popNext() {
                commit(batch)
                pool.give(back: batch.results)
                inFlight.leave()
            }
            // After an error a batch may be missing for good: nothing behind it can be committed, so nobody need wait for it.
            if stop.error != nil {
                for _ in 0..<order.removeAll() { inFlight.leave() }
            }
        }
    }

    /// Commits a batch, waiting for the database as long as it takes; gives it up when another instance has its partitions.
    private func commit(_ batch: Finished) {
        if !batch.isComplete { hasGap = true }
        guard stop.error == nil, !hasGap else { return }  // an earlier batch is missing, so this one cannot be committed
        guard batch.membership > refusedMembership else { return telemetry.addFencedBatch() }
        while true {
            let start = MonotonicClock.nanoseconds
            do throws(StoreError) {
                let summary = try openWriter().write(batch.results)
                backoff.reset()
                committed.add(batch.results.offsets)
                if !summary.wasAlreadyWritten {
                    record(batch, summary, seconds: MonotonicClock.seconds(since: start))
                }
                return
            } catch {
                switch error {
                case .fenced, .outOfOrder:
                    telemetry.addFencedBatch()
                    refusedMembership = batch.membership
                    rejoin.request()
                    logger.warning("batch given up", metadata: ["reason": "\(error)"])
                    return
                default: break
                }
                guard error.isRetriable else {
                    stop.set(now: MonotonicClock.nanoseconds, error: .store(reason: "\(error)"))
                    return
                }
                guard wait(after: error) else { return }
            }
        }
    }

    private func openWriter() throws(StoreError) -> ResultWriter {
        if let writer { return writer }
        let opened = try ResultWriter(try Connection(database), modelId: modelId)
        writer = opened
        return opened
    }

    /// Sleeps before the next attempt; false when the pipeline stops and the time for finishing is over.
    private func wait(after error: StoreError) -> Bool {
        telemetry.addWriteRetry()
        let delayMs = backoff.nextDelayMs()
        logger.warning("database not available", metadata: ["reason": "\(error)", "retryInMs": "\(delayMs)"])
        WorkerThread.sleep(ms: delayMs)
        guard stop.isPastDeadline(now: MonotonicClock.nanoseconds) else { return true }
        stop.set(now: MonotonicClock.nanoseconds, error: .drainTimedOut(batches: inFlight.count))
        return false
    }

    private func record(_ batch: Finished, _ summary: WriteSummary, seconds: Double) {
        var counters = StreamCounters()
        counters.messages = batch.messageCount
        counters.bytes = batch.byteCount
        counters.batches = 1
        counters.classified = summary.classified
        counters.skipped = summary.skippedByReason
        counters.quarantined = summary.quarantinedByReason
        latencies.removeAll(keepingCapacity: true)
        if let committedAtMs = summary.committedAtMs {
            for source in batch.results.sources where source.timestampMs >= 0 {
                latencies.append((committedAtMs - source.timestampMs) * 1000)
            }
        }
        telemetry.addCommitted(counters, writeSeconds: seconds, latenciesMicroseconds: latencies)
    }
}

import Dispatch
import Logging
import Store
import Streaming
import Telemetry

/// The consumer thread: polls, hands batches to the workers, and answers rebalances.
///
/// Everything here runs on one thread, librdkafka's rebalance calls included, for they come from inside `poll`.
final class ConsumerLoop {
    private let kafka: KafkaConfiguration
    private let configuration: PipelineConfiguration
    private let control: Connection
    private let work: BoundedQueue<Work>
    private let inFlight: InFlight
    private let committed: CommittedOffsets
    private let telemetry: RunTelemetry
    private let stop: StopSignal
    private let rejoin: RejoinRequest
    private let logger: Logger

    private var positions = PartitionPositions()
    private var nextSequence: UInt64 = 0
    /// Read but not handed over, because the queue is full; short, since the partitions are paused meanwhile.
    private var backlog: [MessageBatch] = []
    private var isPaused = false
    private var backoff = Backoff(seed: MonotonicClock.nanoseconds)

    /// How long a full queue is waited for before the partitions are paused.
    private static let patienceMs = 200
    private static let pausedPollMs: Int32 = 20

    init(
        kafka: KafkaConfiguration, configuration: PipelineConfiguration, control: Connection, work: BoundedQueue<Work>,
        inFlight: InFlight, committed: CommittedOffsets, telemetry: RunTelemetry, stop: StopSignal, rejoin: RejoinRequest, logger: Logger
    ) {
        self.kafka = kafka
        self.configuration = configuration
        self.control = control
        self.work = work
        self.inFlight = inFlight
        self.committed = committed
        self.telemetry = telemetry
        self.stop = stop
        self.rejoin = rejoin
        self.logger = logger
    }

    /// Runs until the pipeline stops; leaves the group after the last batch in hand is committed.
    func run() {
        while !stop.isSet {
            do throws(StreamingError) {
                let consumer = try Consumer(
                    kafka, startOffsets: { [unowned self] in self.claim($0) }, onRevoke: { [unowned self] _ in self.release() })
                defer { consumer.close() }
                try poll(consumer)
                _ = inFlight.waitUntilEmpty(timeoutMs: configuration.drainTimeoutMs)
                commitGroupOffsets(consumer)
            } catch {
                guard error.isRetriable else {
                    stop.set(now: MonotonicClock.nanoseconds, error: .streaming(reason: "\(error)"))
                    break
                }
                pause(after: "\(error)")
            }
            release()
            rejoin.clear()
        }
    }

    private func poll(_ consumer: Consumer) throws(StreamingError) {
        while !stop.isSet, !rejoin.isPending {
            if let messages = try consumer.poll(
                maxMessages: configuration.batchMessages, timeoutMs: Int32(clamping: configuration.lingerMs))
            {
                telemetry.addReceived(at: MonotonicClock.nanoseconds)
                backlog.append(messages)
            }
            try handOver(consumer)
            commitGroupOffsets(consumer)
        }
    }

    /// Gives the backlog to the workers; while their queue is full the partitions are paused, and polling goes on so that the
    /// group does not think this member dead.
    private func handOver(_ consumer: Consumer) throws(StreamingError) {
        while let messages = backlog.first, !stop.isSet, !rejoin.isPending {
            guard push(messages) else {
                try consumer.pause()
                isPaused = true
                if let more = try consumer.poll(
                    maxMessages: configuration.batchMessages, timeoutMs: Self.pausedPollMs)
                {
                    backlog.append(more)
                }
                continue
            }
        }
        if isPaused {
            try consumer.resume()
            isPaused = false
        }
    }

    /// Hands the oldest batch of the backlog over; false when there is no room for it yet.
    private func push(_ messages: MessageBatch) -> Bool {
        var advanced = positions
        guard let next = advanced.advance(messages, sequence: nextSequence) else {
            backlog.removeFirst()  // of a partition lost in the meantime; its new owner reads it
            return true
        }
        inFlight.enter()
        guard work.push(next, timeoutMs: isPaused ? 0 : Self.patienceMs) else {
            inFlight.leave()
            return false
        }
        positions = advanced
        nextSequence += 1
        backlog.removeFirst()
        return true
    }

    // MARK: - Rebalances

    /// Claims partitions in the database, waiting for it if need be, and says where each is to be read from.
    private func claim(_ partitions: [TopicPartition]) -> [TopicPartition: Int64] {
        while !stop.isSet {
            do throws(StoreError) {
                try control.reopenIfLost()
                let claims = try StreamOffsets(control).claim(partitions.map { ($0.topic, $0.partition) })
                backoff.reset()
                positions.assign(claims)
                logger.info("partitions assigned", metadata: ["partitions": "\(partitions.count)"])
                var offsets: [TopicPartition: Int64] = [:]
                for claim in claims {
                    offsets[TopicPartition(topic: claim.topic, partition: claim.partition)] = claim.nextOffset
                }
                return offsets
            } catch {
                guard error.isRetriable else {
                    stop.set(now: MonotonicClock.nanoseconds, error: .store(reason: "\(error)"))
                    break
                }
                pause(after: "\(error)")
            }
        }
        return [:]  // nothing that is read from here on is handed over
    }

    /// Gives all partitions up: what is in hand is committed first, within the drain time.
    private func release() {
        backlog.removeAll()
        if !inFlight.waitUntilEmpty(timeoutMs: configuration.drainTimeoutMs) {
            logger.warning("partitions given up with batches in hand; their new owner reads them again")
        }
        positions.removeAll()
    }

    // MARK: - Helpers

    /// Tells Kafka how far this group is; only lag tools read it.
    private func commitGroupOffsets(_ consumer: Consumer) {
        var offsets: [TopicPartition: Int64] = [:]
        for range in committed.takeAll() {
            guard let partition = positions.partition(of: range) else { continue }
            offsets[partition] = range.nextOffset
        }
        if !offsets.isEmpty { consumer.commitGroupOffsets(offsets) }
    }

    private func pause(after reason: String) {
        let delayMs = backoff.nextDelayMs()
        logger.warning("waiting to try again", metadata: ["reason": "\(reason)", "retryInMs": "\(delayMs)"])
        _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(delayMs))
    }
}

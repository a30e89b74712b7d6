import Logging
import Store
import Streaming
import Telemetry

/// The consumer thread: polls, hands batches to the workers, and answers rebalances.
// SAFETY: one thread runs it, and the consumer's handlers are called by that thread, from inside `poll` and `close`.
final class ConsumerLoop: @unchecked Sendable {
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
    private var membership = 0
    /// Read but not handed over, because the queue is full; short, since the partitions are paused meanwhile.
    private var backlog: [MessageBatch] = []
    private var isPaused = false
    private var backoff = Backoff(seed: MonotonicClock.nanoseconds)

    /// How long one poll waits for a first message.
    private static let pollMs: Int32 = 100
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
                let consumer = try Consumer(kafka, handlers: handlers)
                isPaused = false
                membership += 1
                defer { consumer.close() }
                while !stop.isSet, !rejoin.isPending { try readOn(consumer) }
                finish(consumer)
            } catch {
                note(error)
            }
            release()
            rejoin.clear()
        }
    }

    private var handlers: ConsumerHandlers {
        ConsumerHandlers(
            startOffsets: { [unowned self] in try self.claim($0) },
            revoked: { [unowned self] _, _ in self.release() },
            log: { [logger] line in
                // Kafka's levels are syslog's: 4 is a warning, less is worse.
                logger.log(level: line.level <= 4 ? .warning : .debug, "\(line.text)", metadata: ["librdkafka": "\(line.facility)"])
            })
    }

    /// One turn: polls, hands over, tells Kafka. Throws only what needs a new consumer.
    private func readOn(_ consumer: Consumer) throws(StreamingError) {
        do throws(StreamingError) {
            let messages = try consumer.poll(
                maxMessages: configuration.batchMessages, timeoutMs: Self.pollMs,
                lingerMs: Int32(clamping: configuration.lingerMs))
            if let messages {
                telemetry.addReceived(at: MonotonicClock.nanoseconds)
                backlog.append(messages)
                backoff.reset()
            }
            try handOver(consumer)
            try commitGroupOffsets(consumer)
        } catch {
            guard !error.isFatal else { throw error }
            note(error)
        }
    }

    /// Gives the backlog to the workers; while their queue is full the partitions are paused, and polling goes on so that the
    /// group does not think this member dead.
    private func handOver(_ consumer: Consumer) throws(StreamingError) {
        while let messages = backlog.first, !stop.isSet, !rejoin.isPending {
            if push(messages) { continue }
            if rejoin.isPending { return }
            if !isPaused {
                try consumer.pause()
                isPaused = true
            }
            // What was fetched before the pause may still come.
            if let more = try consumer.poll(maxMessages: configuration.batchMessages, timeoutMs: Self.pausedPollMs) {
                backlog.append(more)
            }
        }
        if backlog.isEmpty, isPaused {
            try consumer.resume()
            isPaused = false
        }
    }

    /// Hands the oldest batch of the backlog over; false when there is no room for it yet.
    private func push(_ messages: MessageBatch) -> Bool {
        var advanced = positions
        guard let next = advanced.advance(messages, sequence: nextSequence, membership: membership) else {
            // Of a partition that is not held. Leaving the batch out could leave out others' messages with it, so all is read again.
            rejoin.request()
            return false
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

    /// Waits for what is in hand and tells Kafka, before the consumer leaves its group.
    private func finish(_ consumer: Consumer) {
        backlog.removeAll()
        _ = inFlight.waitUntilEmpty(timeoutMs: configuration.drainTimeoutMs)
        do throws(StreamingError) {
            try commitGroupOffsets(consumer)
        } catch {
            logger.warning("group offsets not committed; only lag tools read them", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: - Rebalances

    /// Claims partitions in the database and says where each is to be read from; while it throws, the consumer asks again.
    private func claim(_ partitions: [TopicPartition]) throws(StoreError) -> [TopicPartition: Int64] {
        try control.reopenIfLost()
        let claims = try StreamOffsets(control).claim(partitions.map { ($0.topic, $0.partition) })
        positions.assign(claims)
        logger.info("partitions assigned", metadata: ["partitions": "\(partitions.count)"])
        var offsets: [TopicPartition: Int64] = [:]
        for claim in claims {
            offsets[TopicPartition(topic: claim.topic, partition: claim.partition)] = claim.nextOffset
        }
        return offsets
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
    private func commitGroupOffsets(_ consumer: Consumer) throws(StreamingError) {
        var offsets: [TopicPartition: Int64] = [:]
        for range in committed.takeAll() {
            guard let partition = positions.partition(of: range) else { continue }
            offsets[partition] = range.nextOffset
        }
        try consumer.commitGroupOffsets(offsets.map { (partition: $0.key, offset: $0.value) })
    }

    /// Stops the pipeline for what waiting does not mend, and waits a little after the rest: a broker that is down, or refuses
    /// credentials that its operator is about to mend, or a database that cannot say where to start.
    private func note(_ error: StreamingError) {
        switch error {
        case .invalidSetting, .invalidConfiguration, .offsetOutOfRange:
            stop.set(now: MonotonicClock.nanoseconds, error: .streaming(reason: "\(error)"))
        default:
            let delayMs = backoff.nextDelayMs()
            logger.warning("stream not available", metadata: ["reason": "\(error)", "retryInMs": "\(delayMs)"])
            WorkerThread.sleep(ms: delayMs)
        }
    }
}

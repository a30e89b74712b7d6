import CRdkafka
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Reads batches of messages from the partitions of some topics.
///
/// Offsets are the owner's: on assignment the consumer asks `ConsumerHandlers.startOffsets` where to begin. One thread
/// polls; every other method may be called from any thread. A consumer has to be polled at least every
/// `max.poll.interval.ms` (5 minutes), paused or not, or its group takes its partitions away.
public final class Consumer: Sendable {
    /// Where one partition's reading stands.
    public struct Lag: Sendable {
        public let partition: TopicPartition
        /// The next offset to be delivered; nil before the first message if no start offset was given.
        public let position: Int64?
        /// The end of the partition as the last fetch said; nil before the first.
        public let end: Int64?
        /// Messages still to be delivered.
        public var count: Int64? {
            guard let position, let end else { return nil }
            return max(0, end - position)
        }
    }

    fileprivate struct Connection {
        var handle: KafkaHandle?
        let queue: KafkaQueue
        var sequence: UInt64 = 0
        var received: [UnsafeMutablePointer<rd_kafka_message_t>?] = []
    }

    private let configuration: KafkaConfiguration
    private let state: ConsumerState
    // Held for as long as one poll or close runs.
    private let connection: Mutex<Connection>
    // For the calls that don't wait for a poll.
    private let open: Mutex<KafkaHandle?>

    /// Joins the group; or, without one, looks up the topics' partitions and takes them all.
    ///
    /// With a group nothing is waited for, and a missing broker or topic is reported by `poll`. Without one the look-up
    /// waits `lookUpTimeoutMs` at most for the broker, and a missing broker or topic is thrown here.
    public init(
        _ configuration: KafkaConfiguration, handlers: ConsumerHandlers, lookUpTimeoutMs: Int = 10_000
    ) throws(StreamingError) {
        guard !configuration.topics.isEmpty else { throw .invalidConfiguration(reason: "no topic is named") }
        let state = ConsumerState(configuration, handlers)
        let callbacks = KafkaCallbacks(
            log: handlers.log, error: { state.clientError($0, $1) }, statistics: handlers.statistics,
            rebalance: { state.rebalance($0, $1, $2) })
        let handle = try KafkaHandle(
            RD_KAFKA_CONSUMER, settings: configuration.consumerSettings(), callbacks: callbacks)
        // Errors and statistics then come with the messages.
        rd_kafka_poll_set_consumer(handle.client)
        guard let queue = KafkaQueue(rd_kafka_queue_get_consumer(handle.client)) else {
            throw .invalidConfiguration(reason: "the client has no consumer queue")
        }
        self.configuration = configuration
        self.state = state
        connection = Mutex(Connection(handle: handle, queue: queue))
        open = Mutex(handle)
        if configuration.groupId == nil {
            try assignAll(handle, timeoutMs: lookUpTimeoutMs)
        } else {
            try subscribe(handle)
        }
    }

    deinit {
        close()
    }

    /// Waits up to `timeoutMs` for a first message, then takes what has arrived too, up to `maxMessages`, waiting
    /// up to `lingerMs` for it. Returns nil when there is no message.
    ///
    /// Throws what librdkafka reports, each once; after an error that is not fatal polling may go on, and after a
    /// retriable one it should: librdkafka reconnects by itself.
    public func poll(
        maxMessages: Int, timeoutMs: Int32, lingerMs: Int32 = 0
    ) throws(StreamingError) -> MessageBatch? {
        try connection.withLock { connection throws(StreamingError) -> MessageBatch? in
            guard let handle = connection.handle else { throw .closed }
            if let error = state.takePendingError() ?? handle.fatalError { throw error }
            state.assignWaiting(handle.client)
            if let error = state.takePendingError() { throw error }
            let count = connection.receive(
                upTo: max(1, min(maxMessages, 1_000_000)), timeoutMs: timeoutMs, lingerMs: lingerMs)
            let messages = keepMessages(connection.received.prefix(count))
            if messages.isEmpty {
                if let error = state.takePendingError() ?? handle.fatalError { throw error }
                return nil
            }
            let batch = MessageBatch(
                messages, sequence: connection.sequence, receivedAtMs: Self.nowMs(), handle: handle)
            connection.sequence &+= 1
            state.advance(batch.nextOffsets)
            return batch
        }
    }

    /// Stops fetching. What was fetched ahead is dropped and fetched again after `resume`, so for a short wait it is
    /// better just not to poll. While paused, poll has still to be called now and then; it returns nil.
    public func pause() throws(StreamingError) {
        state.setPaused(true)
        try setPaused { rd_kafka_pause_partitions($0, $1) }
    }

    public func resume() throws(StreamingError) {
        state.setPaused(false)
        try setPaused { rd_kafka_resume_partitions($0, $1) }
    }

    /// Whether every assigned partition has been delivered to its end, as of its last fetch; false without partitions.
    public var isAtEnd: Bool { state.isAtEnd }

    /// The partitions assigned now, in no order.
    public var partitions: [TopicPartition] { state.partitions }

    /// Why the broker can't be reached, from the first failed connection until a message or an end is received again.
    public var connectionError: StreamingError? { state.connectionError }

    /// How far each assigned partition is read; asks no broker.
    public func lag() -> [Lag] {
        guard let handle = open.withLock({ $0 }) else { return [] }
        return state.partitions.map { partition in
            var low: Int64 = -1
            var high: Int64 = -1
            let code = rd_kafka_get_watermark_offsets(handle.client, partition.topic, partition.partition, &low, &high)
            let isKnown = code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0
            return Lag(partition: partition, position: state.position(of: partition), end: isKnown ? high : nil)
        }
    }

    /// Sends next offsets to the group without waiting for an answer, so that tools can show its lag; this consumer
    /// itself never starts from them. Without a group there is nothing to tell, and nothing happens.
    public func commitGroupOffsets(_ offsets: [(partition: TopicPartition, offset: Int64)]) throws(StreamingError) {
        guard let handle = open.withLock({ $0 }) else { throw .closed }
        guard configuration.groupId != nil, !offsets.isEmpty else { return }
        let list = TopicPartitionList(offsets.map { ($0.partition, $0.offset) })
        try check(rd_kafka_commit(handle.client, list.pointer, 1), "committing the group's offsets")
    }

    /// Gives the partitions up (`revoked` is called) and leaves the group; waits for a running poll. A second call
    /// does nothing.
    public func close() {
        open.withLock { $0 = nil }
        connection.withLock { connection in
            guard let handle = connection.handle else { return }
            rd_kafka_consumer_close(handle.client)
            connection.queue.destroy()
            connection.handle = nil
        }
    }

    // MARK: - Private

    private func subscribe(_ handle: KafkaHandle) throws(StreamingError) {
        let list = TopicPartitionList(configuration.topics.map { (TopicPartition(topic: $0, partition: -1), 0) })
        try check(rd_kafka_subscribe(handle.client, list.pointer), "subscribing to \(configuration.topics)")
    }

    private func assignAll(_ handle: KafkaHandle, timeoutMs: Int) throws(StreamingError) {
        var partitions: [TopicPartition] = []
        for topic in configuration.topics {
            guard !topic.hasPrefix("^") else {
                throw .invalidConfiguration(reason: "the topic pattern \(topic) needs a consumer group")
            }
            let metadata: ClusterMetadata
            do throws(StreamingError) {
                metadata = try ClusterMetadata.fetch(
                    handle, topic: topic, brokers: configuration.brokers, timeoutMs: timeoutMs)
            } catch {
                // The callbacks that say why wait in the queue.
                rd_kafka_poll(handle.client, 0)
                throw state.connectionError ?? error
            }
            for topic in metadata.topics {
                partitions += (0..<Int32(clamping: topic.partitionCount)).map {
                    TopicPartition(topic: topic.name, partition: $0)
                }
            }
        }
        state.assign(partitions, handle.client)
    }

    /// Sorts what was received into messages and events; the events are noted and released.
    private func keepMessages(
        _ received: ArraySlice<UnsafeMutablePointer<rd_kafka_message_t>?>
    ) -> [UnsafeMutablePointer<rd_kafka_message_t>] {
        var messages: [UnsafeMutablePointer<rd_kafka_message_t>] = []
        messages.reserveCapacity(received.count)
        for case let message? in received {
            if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                messages.append(message)
            } else {
                note(message.pointee)
                rd_kafka_message_destroy(message)
            }
        }
        return messages
    }

    private func note(_ event: rd_kafka_message_t) {
        let topic = event.rkt.flatMap { rd_kafka_topic_name($0) }.map { String(cString: $0) } ?? ""
        if event.err == RD_KAFKA_RESP_ERR__PARTITION_EOF {
            state.reachedEnd(of: TopicPartition(topic: topic, partition: event.partition), at: event.offset)
            return
        }
        // The payload of an event is librdkafka's text.
        let bytes = UnsafeRawBufferPointer(start: event.payload, count: event.payload == nil ? 0 : event.len)
        state.note(
            StreamingError(
                event.err, operation: "reading \(topic)", brokers: configuration.brokers, topic: topic,
                partition: event.partition, reason: bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)))
    }

    private func setPaused(
        _ change: (OpaquePointer, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> rd_kafka_resp_err_t
    ) throws(StreamingError) {
        guard let handle = open.withLock({ $0 }) else { throw .closed }
        let list = TopicPartitionList(state.partitions.map { ($0, 0) })
        try check(change(handle.client, list.pointer), "pausing or resuming")
    }

    private func check(_ code: rd_kafka_resp_err_t, _ operation: String) throws(StreamingError) {
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        throw StreamingError(code, operation: operation, brokers: configuration.brokers)
    }

    private static func nowMs() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

extension Consumer.Connection {
    /// Fills `received` from its start and returns how many there are. Rebalances happen inside.
    mutating func receive(upTo limit: Int, timeoutMs: Int32, lingerMs: Int32) -> Int {
        if received.count < limit {
            received += [UnsafeMutablePointer<rd_kafka_message_t>?](repeating: nil, count: limit - received.count)
        }
        // In two steps, because librdkafka waits out the whole time unless the batch becomes full.
        let first = rd_kafka_consume_batch_queue(queue.pointer, Int32(timeoutMs), &received, 1)
        guard first > 0, limit > 1 else { return max(0, first) }
        let rest = received.withUnsafeMutableBufferPointer { buffer in
            rd_kafka_consume_batch_queue(queue.pointer, Int32(lingerMs), buffer.baseAddress.map { $0 + 1 }, limit - 1)
        }
        return 1 + max(0, rest)
    }
}

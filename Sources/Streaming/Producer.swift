import CRdkafka
import Synchronization

/// Sends messages. May be used from several threads.
public final class Producer: Sendable {
    private struct Deliveries {
        var delivered = 0
        var failed = 0
        var failedSinceFlush = 0
        var lastError: StreamingError?
        var connectionError: StreamingError?
    }

    /// The state that librdkafka's callbacks change.
    private final class State: Sendable {
        let deliveries = Mutex(Deliveries())
    }

    private let handle: KafkaHandle
    private let brokers: String
    private let queueTimeoutMs: Int
    private let state: State

    /// Of the configuration, the brokers and settings count. `queueTimeoutMs` is how long `produce` waits for room.
    public init(
        _ configuration: KafkaConfiguration, queueTimeoutMs: Int = 30_000,
        log: (@Sendable (KafkaLogLine) -> Void)? = nil
    ) throws(StreamingError) {
        let state = State()
        let brokers = configuration.brokers
        let callbacks = KafkaCallbacks(
            log: log,
            error: { code, reason in
                let error = StreamingError(code, operation: "sending", brokers: brokers, reason: reason)
                // "All brokers are down" says less than the failed connection before it.
                guard code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN else { return }
                state.deliveries.withLock { $0.connectionError = error }
            },
            delivery: { code in
                state.deliveries.withLock { deliveries in
                    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else {
                        deliveries.delivered += 1
                        deliveries.connectionError = nil
                        return
                    }
                    deliveries.failed += 1
                    deliveries.failedSinceFlush += 1
                    deliveries.lastError = StreamingError(code, operation: "sending", brokers: brokers)
                }
            })
        handle = try KafkaHandle(RD_KAFKA_PRODUCER, settings: configuration.producerSettings(), callbacks: callbacks)
        self.brokers = brokers
        self.queueTimeoutMs = queueTimeoutMs
        self.state = state
    }

    /// Messages that the broker has taken.
    public var deliveredCount: Int { state.deliveries.withLock { $0.delivered } }
    /// Messages that were given up.
    public var failedCount: Int { state.deliveries.withLock { $0.failed } }
    /// Why the last message was given up, or the broker can't be reached.
    public var lastError: StreamingError? { state.deliveries.withLock { $0.lastError ?? $0.connectionError } }

    /// Queues a copy of a message. Waits while the queue is full, `queueTimeoutMs` at most.
    ///
    /// Without a partition the key's hash chooses it (librdkafka's `partitioner`), without a timestamp it is now,
    /// milliseconds since 1970. A nil payload is a tombstone.
    public func produce(
        topic: String, partition: Int32? = nil, key: UnsafeRawBufferPointer? = nil, payload: UnsafeRawBufferPointer?,
        timestampMs: Int64? = nil
    ) throws(StreamingError) {
        var waitedMs = 0
        while true {
            let code = Self.enqueue(
                handle.client, topic: topic, partition: partition ?? RD_KAFKA_PARTITION_UA, key: key, payload: payload,
                timestampMs: timestampMs ?? 0)
            switch code {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                rd_kafka_poll(handle.client, 0)
                return
            case RD_KAFKA_RESP_ERR__QUEUE_FULL:
                guard waitedMs < queueTimeoutMs else {
                    throw .queueFull(topic: topic, waitedMs: waitedMs)
                }
                // Delivery reports make room. It returns early when one comes, so this counts at most what has passed.
                let start = ContinuousClock.now
                rd_kafka_poll(handle.client, 100)
                waitedMs += max(1, Int((ContinuousClock.now - start) / .milliseconds(1)))
            case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
                throw .messageTooLarge(topic: topic, byteCount: payload?.count ?? 0)
            default:
                throw StreamingError(
                    code, operation: "sending to \(topic)", brokers: brokers, topic: topic, partition: partition ?? -1)
            }
        }
    }

    public func produce(
        topic: String, partition: Int32? = nil, key: [UInt8]? = nil, payload: [UInt8]?, timestampMs: Int64? = nil
    ) throws(StreamingError) {
        try Self.withBytes(key) { (key) throws(StreamingError) in
            try Self.withBytes(payload) { (payload) throws(StreamingError) in
                try produce(topic: topic, partition: partition, key: key, payload: payload, timestampMs: timestampMs)
            }
        }
    }

    /// Waits until every queued message is delivered or given up; then throws `deliveryFailed` if any was given up
    /// since the last flush.
    public func flush(timeoutMs: Int) throws(StreamingError) {
        let code = rd_kafka_flush(handle.client, Int32(clamping: timeoutMs))
        let (failed, error, connection) = state.deliveries.withLock { deliveries in
            defer { deliveries.failedSinceFlush = 0 }
            return (deliveries.failedSinceFlush, deliveries.lastError, deliveries.connectionError)
        }
        if failed > 0 {
            throw .deliveryFailed(count: failed, reason: "\(connection ?? error ?? .closed)")
        }
        if code != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw connection ?? .timedOut(operation: "sending", brokers: brokers, timeoutMs: timeoutMs)
        }
    }

    private static func enqueue(
        _ client: OpaquePointer, topic: String, partition: Int32, key: UnsafeRawBufferPointer?,
        payload: UnsafeRawBufferPointer?, timestampMs: Int64
    ) -> rd_kafka_resp_err_t {
        apus_kafka_produce(
            client, topic, partition, address(of: key), key?.count ?? 0, address(of: payload), payload?.count ?? 0,
            timestampMs)
    }

    /// An address that is null only for nil: to Kafka an empty value is not the same as none.
    private static func address(of bytes: UnsafeRawBufferPointer?) -> UnsafeRawPointer? {
        // SAFETY: never read, because its length is 0.
        bytes.flatMap { $0.baseAddress ?? UnsafeRawPointer(bitPattern: 1) }
    }

    private static func withBytes<Result>(
        _ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) throws(StreamingError) -> Result
    ) throws(StreamingError) -> Result {
        guard let bytes else { return try body(nil) }
        return try bytes.withUnsafeBufferPointer { (buffer) throws(StreamingError) -> Result in
            try body(UnsafeRawBufferPointer(buffer))
        }
    }
}

/// librdkafka's macro has a cast, which Swift does not import.
private let RD_KAFKA_PARTITION_UA: Int32 = -1

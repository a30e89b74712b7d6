import CRdkafka
import Synchronization

/// Looks at a cluster and creates or deletes its topics: for `apus check` and for tests.
public final class Admin: Sendable {
    /// The last failed connection, which says more than a time-out.
    private final class State: Sendable {
        let connectionError = Mutex<StreamingError?>(nil)
    }

    private let handle: KafkaHandle
    private let brokers: String
    private let state: State

    /// Of the configuration, the brokers and settings count.
    public init(
        _ configuration: KafkaConfiguration, log: (@Sendable (KafkaLogLine) -> Void)? = nil
    ) throws(StreamingError) {
        let state = State()
        let brokers = configuration.brokers
        let callbacks = KafkaCallbacks(
            log: log,
            error: { code, reason in
                guard code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN else { return }
                let error = StreamingError(code, operation: "connecting", brokers: brokers, reason: reason)
                state.connectionError.withLock { $0 = error }
            })
        // A consumer's handle, because with a producer's a mere question about a topic may create it.
        handle = try KafkaHandle(RD_KAFKA_CONSUMER, settings: configuration.producerSettings(), callbacks: callbacks)
        self.brokers = brokers
        self.state = state
    }

    /// The cluster's brokers and topics; with a topic's name that topic alone, or `unknownTopic`.
    public func metadata(topic: String? = nil, timeoutMs: Int) throws(StreamingError) -> ClusterMetadata {
        do throws(StreamingError) {
            return try ClusterMetadata.fetch(handle, topic: topic, brokers: brokers, timeoutMs: timeoutMs)
        } catch {
            throw explained(error)
        }
    }

    /// Creates a topic with settings of its own, such as `retention.ms`; one replica by default.
    public func createTopic(
        _ name: String, partitions: Int, replicas: Int = 1, settings: [(name: String, value: String)] = [],
        timeoutMs: Int = 10_000
    ) throws(StreamingError) {
        var reason = [CChar](repeating: 0, count: 512)
        let topic = rd_kafka_NewTopic_new(
            name, Int32(clamping: partitions), Int32(clamping: replicas), &reason, reason.count)
        guard let topic else {
            throw .invalidConfiguration(reason: "topic \(name): \(KafkaHandle.text(reason))")
        }
        defer { rd_kafka_NewTopic_destroy(topic) }
        for setting in settings {
            let code = rd_kafka_NewTopic_set_config(topic, setting.name, setting.value)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw .invalidSetting(
                    name: setting.name, value: setting.value, reason: String(cString: rd_kafka_err2str(code)))
            }
        }
        try perform("creating the topic \(name)", topic: name, timeoutMs: timeoutMs) { options, queue in
            var topics: [OpaquePointer?] = [topic]
            rd_kafka_CreateTopics(handle.client, &topics, 1, options, queue)
        } results: { event, count in
            rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), count)
        }
    }

    public func deleteTopic(_ name: String, timeoutMs: Int = 10_000) throws(StreamingError) {
        let topic = rd_kafka_DeleteTopic_new(name)
        defer { rd_kafka_DeleteTopic_destroy(topic) }
        try perform("deleting the topic \(name)", topic: name, timeoutMs: timeoutMs) { options, queue in
            var topics: [OpaquePointer?] = [topic]
            rd_kafka_DeleteTopics(handle.client, &topics, 1, options, queue)
        } results: { event, count in
            rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), count)
        }
    }

    // MARK: - Private

    /// Starts a request and waits for its event; throws the event's error, or that of its one topic.
    private func perform(
        _ operation: String, topic: String, timeoutMs: Int,
        start: (_ options: OpaquePointer?, _ queue: OpaquePointer) -> Void,
        results: (_ event: OpaquePointer, _ count: UnsafeMutablePointer<Int>) -> UnsafeMutablePointer<OpaquePointer?>?
    ) throws(StreamingError) {
        guard let queue = KafkaQueue(rd_kafka_queue_new(handle.client)) else {
            throw .invalidConfiguration(reason: "the client has no queue")
        }
        defer { queue.destroy() }
        let options = rd_kafka_AdminOptions_new(handle.client, RD_KAFKA_ADMIN_OP_ANY)
        defer { rd_kafka_AdminOptions_destroy(options) }
        let timeout = Int32(clamping: timeoutMs)
        rd_kafka_AdminOptions_set_request_timeout(options, timeout, nil, 0)
        start(options, queue.pointer)
        // librdkafka ends the request in time by itself; the second added is for its answer to arrive.
        guard let event = rd_kafka_queue_poll(queue.pointer, timeout.addingReportingOverflow(1000).partialValue) else {
            throw explained(.timedOut(operation: operation, brokers: brokers, timeoutMs: timeoutMs))
        }
        defer { rd_kafka_event_destroy(event) }
        var code = rd_kafka_event_error(event)
        var reason = rd_kafka_event_error_string(event).map { String(cString: $0) }
        var count = 0
        if code == RD_KAFKA_RESP_ERR_NO_ERROR, let list = results(event, &count), count > 0 {
            code = rd_kafka_topic_result_error(list[0])
            reason = rd_kafka_topic_result_error_string(list[0]).map { String(cString: $0) }
        }
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        if code == RD_KAFKA_RESP_ERR__TIMED_OUT {
            throw explained(.timedOut(operation: operation, brokers: brokers, timeoutMs: timeoutMs))
        }
        throw explained(
            StreamingError(code, operation: operation, brokers: brokers, topic: topic, reason: reason))
    }

    /// A time-out or missing broker, in the words of the failed connection if there was one.
    private func explained(_ error: StreamingError) -> StreamingError {
        rd_kafka_poll(handle.client, 0) // the callbacks that say why wait in its queue
        switch error {
        case .timedOut, .brokerUnreachable: return state.connectionError.withLock { $0 } ?? error
        default: return error
        }
    }
}

/// What can go wrong between Apus and a Kafka broker.
public enum StreamingError: Error, Equatable, Sendable {
    /// librdkafka does not know the setting, or not this value of it.
    case invalidSetting(name: String, value: String, reason: String)
    case invalidConfiguration(reason: String)
    /// No broker of the list answers. librdkafka keeps trying by itself.
    case brokerUnreachable(brokers: String, reason: String)
    /// The broker or the client refuses the other's credentials or certificate.
    case authenticationRefused(brokers: String, reason: String)
    /// The credentials are right, and not allowed to do this.
    case notAuthorised(operation: String, reason: String)
    case unknownTopic(topic: String)
    case topicExists(topic: String)
    /// The broker no longer (or not yet) has the offset asked for.
    case offsetOutOfRange(partition: TopicPartition, reason: String)
    /// The offsets to start from could not be had; the partitions wait for the next poll to ask again.
    case startOffsetsUnavailable(partitions: [TopicPartition], reason: String)
    case messageTooLarge(topic: String, byteCount: Int)
    /// The producer's queue stayed full for as long as it may.
    case queueFull(topic: String, waitedMs: Int)
    /// Messages that the broker did not take since the last flush.
    case deliveryFailed(count: Int, reason: String)
    case timedOut(operation: String, brokers: String, timeoutMs: Int)
    /// The client can't go on and has to be made anew.
    case fatal(code: Int32, name: String, reason: String)
    case failed(operation: String, code: Int32, name: String, reason: String, isRetriable: Bool)
    case closed

    /// Whether the same call may succeed later with nothing changed on this side.
    public var isRetriable: Bool {
        switch self {
        case .brokerUnreachable, .unknownTopic, .startOffsetsUnavailable, .queueFull, .timedOut: true
        case .failed(_, _, _, _, let isRetriable): isRetriable
        case .invalidSetting, .invalidConfiguration, .authenticationRefused, .notAuthorised, .topicExists,
            .offsetOutOfRange, .messageTooLarge, .deliveryFailed, .fatal, .closed:
            false
        }
    }

    /// Whether the client that reported it is of no further use.
    public var isFatal: Bool {
        switch self {
        case .fatal, .closed: true
        default: false
        }
    }
}

extension StreamingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidSetting(let name, let value, let reason):
            "the Kafka setting \(name) = \(value) is refused: \(reason)"
        case .invalidConfiguration(let reason):
            "the Kafka configuration is not usable: \(reason)"
        case .brokerUnreachable(let brokers, let reason):
            "no broker of \(brokers) answers (\(reason)): check the addresses and that the broker runs; trying goes on"
        case .authenticationRefused(let brokers, let reason):
            "authentication with \(brokers) failed (\(reason)): check the sasl.* and ssl.* settings"
        case .notAuthorised(let operation, let reason):
            "\(operation) is not permitted (\(reason)): ask the broker's operator for the right"
        case .unknownTopic(let topic):
            "the broker has no topic \(topic): check the name, or create it"
        case .topicExists(let topic):
            "the topic \(topic) exists already"
        case .offsetOutOfRange(let partition, let reason):
            "\(partition) does not have the offset to start from (\(reason)): messages may have expired; "
                + "set the stored offset, or auto.offset.reset"
        case .startOffsetsUnavailable(let partitions, let reason):
            "where to start \(partitions) is not known (\(reason)); it is asked again"
        case .messageTooLarge(let topic, let byteCount):
            "a message of \(byteCount) bytes for \(topic) is too large: raise message.max.bytes here and at the broker"
        case .queueFull(let topic, let waitedMs):
            "the queue of messages to \(topic) stayed full for \(waitedMs) ms: the broker takes them too slowly"
        case .deliveryFailed(let count, let reason):
            "\(count) messages were not delivered, the last because: \(reason)"
        case .timedOut(let operation, let brokers, let timeoutMs):
            "\(operation) had no answer from \(brokers) within \(timeoutMs) ms"
        case .fatal(let code, let name, let reason):
            "the Kafka client has to be restarted: \(reason) (\(name), \(code))"
        case .failed(let operation, let code, let name, let reason, _):
            "\(operation) failed: \(reason) (\(name), \(code))"
        case .closed:
            "the Kafka client is closed"
        }
    }
}

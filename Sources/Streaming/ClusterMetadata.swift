import CRdkafka

/// The brokers and topics that a broker tells of.
public struct ClusterMetadata: Sendable {
    public struct Broker: Sendable {
        public let id: Int32
        public let host: String
        public let port: Int32
    }

    public struct Topic: Sendable {
        public let name: String
        public let partitionCount: Int
    }

    public let brokers: [Broker]
    public let topics: [Topic]

    /// Asks for one topic, or for all with nil.
    static func fetch(
        _ handle: KafkaHandle, topic: String?, brokers: String, timeoutMs: Int
    ) throws(StreamingError) -> ClusterMetadata {
        let operation = "asking for the topics"
        var topicHandle: OpaquePointer?
        if let topic {
            topicHandle = rd_kafka_topic_new(handle.client, topic, nil)
            guard topicHandle != nil else {
                throw StreamingError(rd_kafka_last_error(), operation: operation, brokers: brokers, topic: topic)
            }
        }
        defer { if let topicHandle { rd_kafka_topic_destroy(topicHandle) } }
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(
            handle.client, topic == nil ? 1 : 0, topicHandle, &answer, Int32(clamping: timeoutMs))
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else {
            if code == RD_KAFKA_RESP_ERR__TIMED_OUT {
                throw .timedOut(operation: operation, brokers: brokers, timeoutMs: timeoutMs)
            }
            throw StreamingError(code, operation: operation, brokers: brokers, topic: topic ?? "")
        }
        defer { rd_kafka_metadata_destroy(answer) }
        return try ClusterMetadata(answer.pointee, brokerList: brokers)
    }

    private init(_ answer: rd_kafka_metadata, brokerList: String) throws(StreamingError) {
        brokers = (0..<Int(answer.broker_cnt)).map { index in
            let broker = answer.brokers[index]
            return Broker(id: broker.id, host: broker.host.map { String(cString: $0) } ?? "", port: broker.port)
        }
        var topics: [Topic] = []
        for index in 0..<Int(answer.topic_cnt) {
            let topic = answer.topics[index]
            let name = topic.topic.map { String(cString: $0) } ?? ""
            guard topic.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw StreamingError(topic.err, operation: "asking for \(name)", brokers: brokerList, topic: name)
            }
            topics.append(Topic(name: name, partitionCount: Int(topic.partition_cnt)))
        }
        self.topics = topics
    }
}

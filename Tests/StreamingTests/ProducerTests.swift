import Streaming
import TestSupport
import Testing

@Suite("Producer and administrator")
struct ProducerTests {
    @Test("a full queue is waited for, and every message arrives")
    func backPressure() throws {
        let topic = try Topic(partitions: 1, settings: [("queue.buffering.max.messages", "10")])
        try topic.fill(count: 500, partitions: 1)
        let configuration = KafkaConfiguration(brokers: topic.configuration.brokers, topics: [topic.name])
        let consumer = try Consumer(configuration, handlers: ConsumerHandlers())
        #expect(try consumer.drain().map(\.offset) == Array(0..<500))
    }

    @Test("a queue that stays full is an error after the time given")
    func queueFull() throws {
        let configuration = KafkaConfiguration(
            brokers: "127.0.0.1:1", settings: [("queue.buffering.max.messages", "1")])
        let producer = try Producer(configuration, queueTimeoutMs: 200)
        try producer.produce(topic: "alerts", payload: [1])
        let error = try #require(throws: StreamingError.self) { try producer.produce(topic: "alerts", payload: [2]) }
        guard case .queueFull("alerts", let waitedMs) = error else {
            Issue.record("not about the queue: \(error)")
            return
        }
        #expect(waitedMs >= 200)
        #expect(error.isRetriable)
    }

    @Test("messages that time out are counted, and reported by the next flush only")
    func deliveryFailure() throws {
        let configuration = KafkaConfiguration(brokers: "127.0.0.1:1", settings: [("message.timeout.ms", "300")])
        let producer = try Producer(configuration)
        try producer.produce(topic: "alerts", payload: [1])
        try producer.produce(topic: "alerts", payload: [2])
        let error = try #require(throws: StreamingError.self) { try producer.flush(timeoutMs: 10_000) }
        guard case .deliveryFailed(2, let reason) = error else {
            Issue.record("not about delivery: \(error)")
            return
        }
        #expect(reason.contains("127.0.0.1:1"))
        #expect(producer.failedCount == 2)
        #expect(producer.deliveredCount == 0)
        #expect(producer.lastError != nil)
        try producer.flush(timeoutMs: 1000)
    }

    @Test("a message above the limit is refused with its size")
    func tooLarge() throws {
        let topic = try Topic(partitions: 1, settings: [("message.max.bytes", "2000")])
        let producer = try Producer(topic.configuration)
        #expect(throws: StreamingError.messageTooLarge(topic: topic.name, byteCount: 3000)) {
            try producer.produce(topic: topic.name, payload: [UInt8](repeating: 0, count: 3000))
        }
    }

    @Test("a topic is created, listed and deleted")
    func topics() throws {
        let broker = try TemporaryBroker.shared()
        let admin = try Admin(KafkaConfiguration(brokers: broker.address))
        try admin.createTopic("administered", partitions: 3)
        let metadata = try admin.metadata(timeoutMs: 5000)
        #expect(metadata.brokers.map(\.port) == [Int32(broker.port)])
        #expect(metadata.topics.first { $0.name == "administered" }?.partitionCount == 3)
        #expect(throws: StreamingError.topicExists(topic: "administered")) {
            try admin.createTopic("administered", partitions: 3)
        }
        try admin.deleteTopic("administered")
        #expect(throws: StreamingError.unknownTopic(topic: "administered")) {
            try admin.metadata(topic: "administered", timeoutMs: 5000)
        }
        #expect(throws: StreamingError.unknownTopic(topic: "administered")) { try admin.deleteTopic("administered") }
    }
}

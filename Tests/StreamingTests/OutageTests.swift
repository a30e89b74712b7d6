import CRdkafka
import Streaming
import Testing

@Suite("Outages and broker errors")
struct OutageTests {
    @Test("a consumer says that its broker is away, and goes on where it was when it comes back")
    func outage() throws {
        let cluster = try MockCluster(topic: "alerts")
        try cluster.send([1], [2])
        let consumer = try Consumer(cluster.configuration, handlers: ConsumerHandlers())
        #expect(try consumer.drain().map(\.payload) == [[1], [2]])
        cluster.setUp(false)
        let error = try #require(throws: StreamingError.self) { try consumer.pollUntil(isDone: { false }) { _ in } }
        guard case .brokerUnreachable = error else {
            Issue.record("not about the broker: \(error)")
            return
        }
        #expect(error.isRetriable)
        #expect(consumer.connectionError != nil)
        cluster.setUp(true)
        try cluster.send([3])
        var received: [Received] = []
        let deadline = ContinuousClock.now + .seconds(30)
        while received.isEmpty, ContinuousClock.now < deadline {
            do throws(StreamingError) {
                if let batch = try consumer.poll(maxMessages: 10, timeoutMs: 50) { received += batch.copies }
            } catch {
                #expect(error.isRetriable, "\(error)")
            }
        }
        #expect(received.map(\.payload) == [[3]])
        #expect(received.map(\.offset) == [2])
        #expect(consumer.connectionError == nil)
    }

    @Test("a consumer that begins at the latest offset gets only what comes later")
    func latest() throws {
        let cluster = try MockCluster(topic: "alerts")
        try cluster.send([1], [2])
        var configuration = cluster.configuration
        configuration.firstOffset = .latest
        let consumer = try Consumer(configuration, handlers: ConsumerHandlers())
        #expect(try consumer.drain().isEmpty)
        try cluster.send([3])
        var received: [Received] = []
        try consumer.pollUntil(isDone: { !received.isEmpty }) { received += $0.copies }
        #expect(received.map(\.payload) == [[3]])
    }

    @Test("a refused right is told apart from an outage, once for each refusal")
    func notAuthorised() throws {
        let cluster = try MockCluster(topic: "alerts")
        try cluster.send([1])
        cluster.fail(MockCluster.fetch, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, times: 1)
        let consumer = try Consumer(cluster.configuration, handlers: ConsumerHandlers())
        let error = try #require(throws: StreamingError.self) { try consumer.pollUntil(isDone: { false }) { _ in } }
        guard case .notAuthorised(let operation, _) = error else {
            Issue.record("not about a right: \(error)")
            return
        }
        #expect(operation == "reading alerts")
        #expect(!error.isRetriable)
        #expect(try consumer.drain().map(\.payload) == [[1]])
    }

    @Test("an offset that the broker does not have is an error unless the settings ask for a jump")
    func offsetOutOfRange() throws {
        let cluster = try MockCluster(topic: "alerts")
        try cluster.send([1], [2])
        let alerts = TopicPartition(topic: "alerts", partition: 0)
        let handlers = ConsumerHandlers(startOffsets: { _ in [alerts: 1000] })
        var jumping = cluster.configuration
        jumping.settings.append(("auto.offset.reset", "earliest"))
        #expect(try Consumer(jumping, handlers: handlers).drain().map(\.payload) == [[1], [2]])
        let consumer = try Consumer(cluster.configuration, handlers: handlers)
        let error = try #require(throws: StreamingError.self) { try consumer.pollUntil(isDone: { false }) { _ in } }
        guard case .offsetOutOfRange(alerts, _) = error else {
            Issue.record("not about an offset: \(error)")
            return
        }
        #expect(!error.isRetriable)
    }
}

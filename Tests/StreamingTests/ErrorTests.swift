import Foundation
import Streaming
import Synchronization
import TestSupport
import Testing

@Suite("Streaming errors")
struct ErrorTests {
    /// Port 1 of loopback: nothing listens there.
    private static let nowhere = KafkaConfiguration(brokers: "127.0.0.1:1", topics: ["alerts"])

    @Test("a misspelt setting is named")
    func unknownSetting() throws {
        var configuration = Self.nowhere
        configuration.settings = [("fetch.wait.max.mss", "5")]
        let error = try #require(throws: StreamingError.self) {
            try Consumer(configuration, handlers: ConsumerHandlers())
        }
        guard case .invalidSetting(let name, let value, let reason) = error else {
            Issue.record("not about a setting: \(error)")
            return
        }
        #expect(name == "fetch.wait.max.mss")
        #expect(value == "5")
        #expect(reason.contains("No such configuration property"))
        #expect(!error.isRetriable)
    }

    @Test("a setting of the consumer's own can't be changed", arguments: KafkaConfiguration.reservedSettings)
    func reservedSetting(name: String) throws {
        var configuration = Self.nowhere
        configuration.settings = [(name, "true")]
        #expect(throws: StreamingError.invalidSetting(name: name, value: "true", reason: "Apus sets it itself")) {
            try Consumer(configuration, handlers: ConsumerHandlers())
        }
    }

    @Test("settings that contradict each other are refused with librdkafka's reason")
    func contradiction() throws {
        var configuration = Self.nowhere
        configuration.settings = [("session.timeout.ms", "5000"), ("max.poll.interval.ms", "1000")]
        let error = try #require(throws: StreamingError.self) {
            try Consumer(configuration, handlers: ConsumerHandlers())
        }
        guard case .invalidConfiguration(let reason) = error else {
            Issue.record("not about the configuration: \(error)")
            return
        }
        #expect(reason.contains("max.poll.interval.ms"))
    }

    @Test("no topic, and a pattern without a group, are refused")
    func topics() throws {
        var configuration = Self.nowhere
        configuration.topics = []
        #expect(throws: StreamingError.invalidConfiguration(reason: "no topic is named")) {
            try Consumer(configuration, handlers: ConsumerHandlers())
        }
        configuration.topics = ["^ztf_.*"]
        #expect(
            throws: StreamingError.invalidConfiguration(reason: "the topic pattern ^ztf_.* needs a consumer group")
        ) {
            try Consumer(configuration, handlers: ConsumerHandlers())
        }
    }

    @Test("a broker that does not answer is named within the time given, by consumer, group, administrator, producer")
    func unreachable() throws {
        func expectUnreachable(_ body: () throws -> Void) throws {
            let start = ContinuousClock.now
            let error = try #require(throws: StreamingError.self) { try body() }
            guard case .brokerUnreachable = error else {
                Issue.record("not about the broker: \(error)")
                return
            }
            #expect(error.isRetriable && !error.isFatal)
            #expect(error.description.contains("127.0.0.1:1"))
            #expect(error.description.contains("Connection refused"))
            #expect(ContinuousClock.now - start < .seconds(10))
        }
        try expectUnreachable {
            _ = try Consumer(Self.nowhere, handlers: ConsumerHandlers(), lookUpTimeoutMs: 1000)
        }
        var configuration = Self.nowhere
        configuration.groupId = "group"
        let member = try Consumer(configuration, handlers: ConsumerHandlers())
        try expectUnreachable { try member.pollUntil(isDone: { false }) { _ in } }
        #expect(member.connectionError != nil)
        try expectUnreachable { _ = try Admin(Self.nowhere).metadata(timeoutMs: 1000) }
        try expectUnreachable { try Admin(Self.nowhere).createTopic("alerts", partitions: 1, timeoutMs: 1000) }
        try expectUnreachable {
            let producer = try Producer(Self.nowhere)
            try producer.produce(topic: "alerts", payload: [1])
            try producer.flush(timeoutMs: 1000)
        }
    }

    @Test("a topic that does not exist is named by consumer, group and administrator")
    func unknownTopic() throws {
        var configuration = KafkaConfiguration(
            brokers: try TemporaryBroker.shared().address, topics: ["no-such-topic"])
        let expected = StreamingError.unknownTopic(topic: "no-such-topic")
        #expect(throws: expected) { try Consumer(configuration, handlers: ConsumerHandlers()) }
        #expect(throws: expected) { try Admin(configuration).metadata(topic: "no-such-topic", timeoutMs: 5000) }
        configuration.groupId = "unknown-topic"
        let member = try Consumer(configuration, handlers: ConsumerHandlers())
        #expect(throws: expected) { try member.pollUntil(isDone: { false }) { _ in } }
        member.close()
    }

    @Test("a client that asks for credentials the broker doesn't speak is told in bounded time")
    func authentication() throws {
        var configuration = KafkaConfiguration(brokers: try TemporaryBroker.shared().address, topics: ["alerts"])
        configuration.settings = [
            ("security.protocol", "sasl_plaintext"), ("sasl.mechanism", "PLAIN"), ("sasl.username", "reader"),
            ("sasl.password", "wrong"),
        ]
        let error = try #require(throws: StreamingError.self) { try Admin(configuration).metadata(timeoutMs: 3000) }
        guard case .authenticationRefused(let brokers, _) = error else {
            Issue.record("not about authentication: \(error)")
            return
        }
        #expect(brokers == configuration.brokers)
        #expect(!error.isRetriable)
    }
}

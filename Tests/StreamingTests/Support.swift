import Streaming
import Synchronization
import TestSupport
import Testing

/// One message, copied out of its batch.
struct Received: Equatable {
    var partition: Int32
    var offset: Int64
    var timestampMs: Int64
    var key: [UInt8]?
    /// nil for a tombstone.
    var payload: [UInt8]?
}

extension MessageBatch {
    var copies: [Received] {
        (0..<count).map { index in
            var key: [UInt8]?
            if let span = self.key(at: index) { key = bytes(span) }
            return Received(
                partition: topicPartition(at: index).partition, offset: offset(at: index),
                timestampMs: timestampMs(at: index), key: key,
                payload: isTombstone(at: index) ? nil : bytes(payload(at: index)))
        }
    }
}

func bytes(_ span: RawSpan) -> [UInt8] {
    span.withUnsafeBytes { Array($0) }
}

/// A topic of the shared broker, new for each test.
struct Topic {
    private static let made = Atomic<Int>(0)

    let name: String
    let configuration: KafkaConfiguration

    init(partitions: Int, prefix: String = "topic", settings: [(name: String, value: String)] = []) throws {
        let broker = try TemporaryBroker.shared()
        name = "\(prefix)-\(Self.made.add(1, ordering: .relaxed).newValue)"
        configuration = KafkaConfiguration(brokers: broker.address, topics: [name], settings: settings)
        try broker.createTopic(name, partitions: partitions)
    }

    /// Sends `count` messages round the partitions; message i has payload "i" and timestamp 1700000000000 + i.
    func fill(count: Int, partitions: Int32) throws {
        let producer = try Producer(configuration)
        for index in 0..<count {
            try producer.produce(
                topic: name, partition: Int32(index) % partitions, key: Array("key \(index)".utf8),
                payload: Array("\(index)".utf8), timestampMs: 1_700_000_000_000 + Int64(index))
        }
        try producer.flush(timeoutMs: 30_000)
        #expect(producer.deliveredCount == count)
    }

    func partition(_ number: Int32) -> TopicPartition {
        TopicPartition(topic: name, partition: number)
    }
}

extension Consumer {
    /// Polls until `isDone`, at most for about a minute.
    func pollUntil(
        maxMessages: Int = 500, isDone: () -> Bool, _ body: (MessageBatch) throws -> Void,
        idle: () throws -> Void = {}
    ) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while !isDone() {
            if let batch = try poll(maxMessages: maxMessages, timeoutMs: 50) {
                try body(batch)
            } else {
                try idle()
            }
            try #require(ContinuousClock.now < deadline, "the condition was not reached in a minute")
        }
    }

    /// Everything up to the partitions' end.
    func drain() throws -> [Received] {
        var all: [Received] = []
        try pollUntil(isDone: { isAtEnd }) { all += $0.copies }
        return all
    }
}

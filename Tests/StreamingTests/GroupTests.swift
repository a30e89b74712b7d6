import Streaming
import Synchronization
import TestSupport
import Testing

@Suite("Consumer group")
struct GroupTests {
    /// Stands for the owner's database: the next offset of each partition.
    private final class Ledger: Sendable {
        private let next = Mutex<[TopicPartition: Int64]>([:])
        private let seen = Mutex<Set<Int>>([])

        func store(_ batch: MessageBatch) {
            next.withLock { next in
                for (partition, offset) in batch.nextOffsets {
                    next[partition] = offset
                }
            }
            seen.withLock { seen in
                for message in batch.copies {
                    let number = message.payload.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
                    if let number { seen.insert(number) }
                }
            }
        }

        func offsets(_ partitions: [TopicPartition]) -> [TopicPartition: Int64] {
            next.withLock { $0.filter { partitions.contains($0.key) } }
        }

        var seenCount: Int { seen.withLock { $0.count } }
    }

    private static let member = [
        (name: "heartbeat.interval.ms", value: "200"), (name: "session.timeout.ms", value: "10000"),
    ]

    @Test("a second member takes its share, and no message is lost when it comes or goes")
    func rebalance() throws {
        let topic = try Topic(partitions: 4, settings: Self.member)
        var configuration = topic.configuration
        configuration.groupId = "group-of-\(topic.name)"
        let ledger = Ledger()
        let revoked = Mutex<[TopicPartition]>([])
        let handlers = ConsumerHandlers(
            startOffsets: { ledger.offsets($0) },
            revoked: { partitions, _ in revoked.withLock { $0 += partitions } })
        try topic.fill(count: 2000, partitions: 4)

        let first = try Consumer(configuration, handlers: handlers)
        try first.pollUntil(maxMessages: 50, isDone: { ledger.seenCount >= 500 }) { ledger.store($0) }
        #expect(first.partitions.count == 4)

        let second = try Consumer(configuration, handlers: handlers)
        var bothHaveTwo: Bool { first.partitions.count == 2 && second.partitions.count == 2 }
        try first.pollUntil(maxMessages: 50, isDone: { bothHaveTwo }) { batch in
            ledger.store(batch)
            if let batch = try second.poll(maxMessages: 50, timeoutMs: 10) { ledger.store(batch) }
        } idle: {
            if let batch = try second.poll(maxMessages: 50, timeoutMs: 10) { ledger.store(batch) }
        }
        #expect(Set(first.partitions).isDisjoint(with: second.partitions))
        #expect(revoked.withLock { Set($0) } == Set((0..<4).map { topic.partition($0) }))

        second.close()
        #expect(second.partitions.isEmpty)
        try topic.fill(count: 2000, partitions: 4)
        try first.pollUntil(isDone: { first.partitions.count == 4 && first.isAtEnd }) { ledger.store($0) }
        #expect(ledger.seenCount == 2000)
        #expect(ledger.offsets((0..<4).map { topic.partition($0) }).values.allSatisfy { $0 == 1000 })
        first.close()
    }

    @Test("a group reads the topics that match a pattern")
    func pattern() throws {
        let topics = try (0..<2).map { _ in try Topic(partitions: 1, prefix: "ztf-night", settings: Self.member) }
        let other = try Topic(partitions: 1, prefix: "other-night")
        for topic in topics + [other] {
            try topic.fill(count: 5, partitions: 1)
        }
        var configuration = topics[0].configuration
        configuration.topics = ["^ztf-night-.*"]
        configuration.groupId = "pattern"
        let consumer = try Consumer(configuration, handlers: ConsumerHandlers())
        var counts: [String: Int] = [:]
        try consumer.pollUntil(isDone: { consumer.isAtEnd }) { batch in
            for index in 0..<batch.count {
                counts[batch.topicPartition(at: index).topic, default: 0] += 1
            }
        }
        #expect(counts == [topics[0].name: 5, topics[1].name: 5])
        consumer.close()
    }

    @Test("group offsets are committed for others, and are not where reading begins")
    func commit() throws {
        let topic = try Topic(partitions: 1, settings: Self.member)
        try topic.fill(count: 10, partitions: 1)
        var configuration = topic.configuration
        configuration.groupId = "group-of-\(topic.name)"
        for _ in 0..<2 {
            let consumer = try Consumer(configuration, handlers: ConsumerHandlers())
            #expect(try consumer.drain().map(\.offset) == Array(0..<10))
            try consumer.commitGroupOffsets([(topic.partition(0), 10)])
            consumer.close()
        }
    }
}

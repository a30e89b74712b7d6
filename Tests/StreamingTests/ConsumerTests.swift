import Streaming
import Synchronization
import TestSupport
import Testing

@Suite("Consumer")
struct ConsumerTests {
    @Test("ten thousand messages come with exact keys, payloads, offsets and timestamps, in order of their partition")
    func exactMessages() throws {
        let topic = try Topic(partitions: 4)
        try topic.fill(count: 10_000, partitions: 4)
        let consumer = try Consumer(topic.configuration, handlers: ConsumerHandlers())
        var next = [Int64](repeating: 0, count: 4)
        var sequence: UInt64 = 0
        var count = 0
        try consumer.pollUntil(isDone: { consumer.isAtEnd }) { batch in
            #expect(batch.sequence == sequence)
            #expect(batch.count <= 500)
            #expect(batch.receivedAtMs > 1_700_000_000_000)
            sequence += 1
            for (partition, offset) in batch.firstOffsets {
                #expect(offset == next[Int(partition.partition)])
            }
            for message in batch.copies {
                let index = Int(message.offset) * 4 + Int(message.partition)
                #expect(message.offset == next[Int(message.partition)])
                #expect(message.payload == Array("\(index)".utf8))
                #expect(message.key == Array("key \(index)".utf8))
                #expect(message.timestampMs == 1_700_000_000_000 + Int64(index))
                next[Int(message.partition)] += 1
                count += 1
            }
            for (partition, offset) in batch.nextOffsets {
                #expect(offset == next[Int(partition.partition)])
            }
            #expect(batch.byteCount == batch.copies.reduce(0) { $0 + ($1.payload?.count ?? 0) })
        }
        #expect(count == 10_000)
        #expect(next == [2500, 2500, 2500, 2500])
    }

    @Test("reading begins at the offsets given, and at the start where none is given")
    func startOffsets() throws {
        let topic = try Topic(partitions: 2)
        try topic.fill(count: 200, partitions: 2)
        let start = topic.partition(1)
        let consumer = try Consumer(
            topic.configuration, handlers: ConsumerHandlers(startOffsets: { _ in [start: 90] }))
        let received = try consumer.drain()
        #expect(received.filter { $0.partition == 0 }.map(\.offset) == Array(0..<100))
        #expect(received.filter { $0.partition == 1 }.map(\.offset) == Array(90..<100))
    }

    @Test("the same start offsets are asked again until they can be had")
    func startOffsetsOutage() throws {
        let topic = try Topic(partitions: 1)
        try topic.fill(count: 10, partitions: 1)
        let attempts = Atomic<Int>(0)
        struct Outage: Error {}
        let handlers = ConsumerHandlers(startOffsets: { partitions in
            if attempts.add(1, ordering: .relaxed).oldValue < 2 { throw Outage() }
            return [partitions[0]: 7]
        })
        let consumer = try Consumer(topic.configuration, handlers: handlers)
        for _ in 0..<2 {
            let error = try #require(throws: StreamingError.self) { try consumer.poll(maxMessages: 10, timeoutMs: 50) }
            #expect(error == .startOffsetsUnavailable(partitions: [topic.partition(0)], reason: "Outage()"))
            #expect(error.isRetriable)
            #expect(!consumer.isAtEnd)
        }
        #expect(try consumer.drain().map(\.offset) == [7, 8, 9])
        #expect(attempts.load(ordering: .relaxed) == 3)
    }

    @Test("a tombstone, an empty value and an empty key are told apart")
    func tombstone() throws {
        let topic = try Topic(partitions: 1)
        let producer = try Producer(topic.configuration)
        let none: [UInt8]? = nil
        try producer.produce(topic: topic.name, key: [1], payload: none)
        try producer.produce(topic: topic.name, key: [], payload: [UInt8]())
        try producer.produce(topic: topic.name, key: none, payload: [2])
        try producer.flush(timeoutMs: 10_000)
        let received = try Consumer(topic.configuration, handlers: ConsumerHandlers()).drain()
        #expect(received.map(\.payload) == [nil, [], [2]])
        #expect(received.map(\.key) == [[1], [], nil])
    }

    @Test("a message of two megabytes arrives whole")
    func largeMessage() throws {
        let topic = try Topic(partitions: 1, settings: [("message.max.bytes", "4000000")])
        let payload = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let producer = try Producer(topic.configuration)
        try producer.produce(topic: topic.name, payload: payload)
        try producer.flush(timeoutMs: 20_000)
        let received = try Consumer(topic.configuration, handlers: ConsumerHandlers()).drain()
        #expect(received.count == 1)
        #expect(received.first?.payload == payload)
    }

    @Test("a paused consumer delivers nothing, and everything after it resumes")
    func pause() throws {
        let topic = try Topic(partitions: 2)
        try topic.fill(count: 1000, partitions: 2)
        let consumer = try Consumer(topic.configuration, handlers: ConsumerHandlers())
        var received: [Received] = []
        try consumer.pollUntil(maxMessages: 10, isDone: { !received.isEmpty }) { received += $0.copies }
        try consumer.pause()
        for _ in 0..<5 {
            #expect(try consumer.poll(maxMessages: 100, timeoutMs: 50) == nil)
        }
        #expect(!consumer.isAtEnd)
        try consumer.resume()
        received += try consumer.drain()
        for partition: Int32 in 0..<2 {
            #expect(received.filter { $0.partition == partition }.map(\.offset) == Array(0..<500))
        }
    }

    @Test("the end is reached, left with new messages, and reached again; the lag says so")
    func end() throws {
        let topic = try Topic(partitions: 2)
        try topic.fill(count: 20, partitions: 2)
        let consumer = try Consumer(topic.configuration, handlers: ConsumerHandlers())
        #expect(!consumer.isAtEnd)
        #expect(try consumer.drain().count == 20)
        #expect(consumer.lag().map(\.count) == [0, 0])
        try topic.fill(count: 20, partitions: 1)
        var count = 0
        try consumer.pollUntil(maxMessages: 1, isDone: { count == 1 }) { count += $0.count }
        #expect(!consumer.isAtEnd)
        let lag = try #require(consumer.lag().first { $0.partition == topic.partition(0) })
        #expect(lag.position == 11)
        #expect(lag.end == 30)
        #expect(lag.count == 19)
        #expect(try consumer.drain().count == 19)
    }

    @Test("a batch stays readable after its consumer is closed, and closing twice is fine")
    func close() throws {
        let topic = try Topic(partitions: 1)
        try topic.fill(count: 3, partitions: 1)
        var consumer: Consumer? = try Consumer(topic.configuration, handlers: ConsumerHandlers())
        var batches: [MessageBatch] = []
        try consumer?.pollUntil(isDone: { !batches.isEmpty }) { batches.append($0) }
        consumer?.close()
        consumer?.close()
        #expect(throws: StreamingError.closed) { try consumer?.poll(maxMessages: 1, timeoutMs: 0) }
        #expect(throws: StreamingError.closed) { try consumer?.pause() }
        consumer = nil
        #expect(batches[0].copies.first?.payload == Array("0".utf8))
    }

    @Test("the statistics asked for arrive as JSON, and librdkafka's log by line")
    func statisticsAndLog() throws {
        let topic = try Topic(
            partitions: 1, settings: [("statistics.interval.ms", "20"), ("debug", "consumer")])
        let statistics = Mutex<[String]>([])
        let lines = Mutex<[KafkaLogLine]>([])
        let handlers = ConsumerHandlers(
            log: { line in lines.withLock { $0.append(line) } },
            statistics: { text in statistics.withLock { $0.append(text) } })
        let consumer = try Consumer(topic.configuration, handlers: handlers)
        try consumer.pollUntil(isDone: { statistics.withLock { $0.count > 1 } }) { _ in }
        consumer.close()
        #expect(statistics.withLock { $0[0].hasPrefix("{") && $0[0].hasSuffix("}") })
        #expect(lines.withLock { $0.contains { $0.level == 7 && !$0.text.isEmpty } })
    }
}

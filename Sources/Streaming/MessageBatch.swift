import CRdkafka

/// Messages that were received together, in the order of each partition, without a copy of their payloads.
///
/// They are released when the last reference to the batch goes, on that thread. A batch may outlive the `close` of its
/// consumer: the client is then freed with the last batch.
// SAFETY: nothing changes after init, and the messages' memory is this object's own until deinit.
public final class MessageBatch: @unchecked Sendable {
    /// Counts the batches of one consumer from 0.
    public let sequence: UInt64
    /// When the batch was complete, milliseconds since 1970.
    public let receivedAtMs: Int64
    /// The partitions of the messages, in order of first appearance.
    public let partitions: [TopicPartition]
    /// For each of `partitions`: the offset after its last message here, which is where to go on.
    public let nextOffsets: [(partition: TopicPartition, offset: Int64)]
    /// For each of `partitions`: the offset of its first message here.
    public let firstOffsets: [(partition: TopicPartition, offset: Int64)]
    /// The sum of the payloads' lengths.
    public let byteCount: Int

    private let messages: [UnsafeMutablePointer<rd_kafka_message_t>]
    private let partitionIndices: [UInt32]
    private let handle: KafkaHandle

    /// Takes over the messages, which are all without an error.
    init(
        _ messages: [UnsafeMutablePointer<rd_kafka_message_t>], sequence: UInt64, receivedAtMs: Int64,
        handle: KafkaHandle
    ) {
        var slots = PartitionSlots()
        var byteCount = 0
        self.partitionIndices = messages.map { message in
            byteCount += message.pointee.len
            return slots.add(message)
        }
        self.partitions = slots.partitions
        self.nextOffsets = zip(slots.partitions, slots.next).map { (partition: $0, offset: $1) }
        self.firstOffsets = zip(slots.partitions, slots.first).map { (partition: $0, offset: $1) }
        self.byteCount = byteCount
        self.messages = messages
        self.sequence = sequence
        self.receivedAtMs = receivedAtMs
        self.handle = handle
    }

    deinit {
        for message in messages {
            rd_kafka_message_destroy(message)
        }
    }

    public var count: Int { messages.count }

    /// The message's value; empty for a tombstone.
    @_lifetime(borrow self)
    public func payload(at index: Int) -> RawSpan {
        let message = messages[index].pointee
        // SAFETY: librdkafka keeps the bytes until the message is destroyed, in this object's deinit.
        let bytes = UnsafeRawBufferPointer(start: message.payload, count: message.payload == nil ? 0 : message.len)
        return _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
    }

    /// Whether the message has no value at all (a deletion in a compacted topic), which is not an empty one.
    public func isTombstone(at index: Int) -> Bool {
        messages[index].pointee.payload == nil
    }

    /// The message's key; nil when it has none.
    @_lifetime(borrow self)
    public func key(at index: Int) -> RawSpan? {
        let message = messages[index].pointee
        guard message.key != nil else { return nil }
        // SAFETY: as for the payload.
        let bytes = UnsafeRawBufferPointer(start: message.key, count: message.key_len)
        return _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
    }

    /// The place of the message's partition in `partitions`.
    public func partitionIndex(at index: Int) -> Int {
        Int(partitionIndices[index])
    }

    public func topicPartition(at index: Int) -> TopicPartition {
        partitions[partitionIndex(at: index)]
    }

    public func offset(at index: Int) -> Int64 {
        messages[index].pointee.offset
    }

    /// When the message was made or, if the topic is set so, appended to the log; milliseconds since 1970, -1 for none.
    public func timestampMs(at index: Int) -> Int64 {
        rd_kafka_message_timestamp(messages[index], nil)
    }
}

/// Finds the distinct partitions of a run of messages.
private struct PartitionSlots {
    private(set) var partitions: [TopicPartition] = []
    private(set) var first: [Int64] = []
    private(set) var next: [Int64] = []
    // Topic handles are compared by address: within one batch the messages keep theirs alive.
    private var topics: [OpaquePointer?] = []
    private var latest = 0

    /// Notes a message and returns its partition's place.
    mutating func add(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> UInt32 {
        let topic = message.pointee.rkt
        let partition = message.pointee.partition
        let offset = message.pointee.offset
        let (after, overflow) = offset.addingReportingOverflow(1)
        let place = find(topic, partition)
        if place == partitions.count {
            let name = rd_kafka_topic_name(topic).map { String(cString: $0) } ?? ""
            partitions.append(TopicPartition(topic: name, partition: partition))
            topics.append(topic)
            first.append(offset)
            next.append(overflow ? offset : after)
        } else {
            next[place] = max(next[place], overflow ? offset : after)
        }
        latest = place
        return UInt32(truncatingIfNeeded: place)
    }

    private func find(_ topic: OpaquePointer?, _ partition: Int32) -> Int {
        // Messages come in runs of one partition.
        if latest < partitions.count, topics[latest] == topic, partitions[latest].partition == partition {
            return latest
        }
        var place = 0
        while place < partitions.count, topics[place] != topic || partitions[place].partition != partition {
            place += 1
        }
        return place
    }
}

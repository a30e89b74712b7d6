import Store
import Streaming

/// Which partitions this process holds, under which claims, and how far they have been read.
///
/// A value used by the consumer thread alone.
struct PartitionPositions {
    private struct Position {
        var claim: StreamOffsets.Claim
        /// Where the next batch begins; nil before the first message of a partition that was never written.
        var next: Int64?
    }

    private var positions: [TopicPartition: Position] = [:]

    var isEmpty: Bool { positions.isEmpty }

    mutating func assign(_ claims: [StreamOffsets.Claim]) {
        for claim in claims {
            let partition = TopicPartition(topic: claim.topic, partition: claim.partition)
            positions[partition] = Position(claim: claim, next: claim.nextOffset)
        }
    }

    mutating func removeAll() {
        positions.removeAll()
    }

    /// The partition that a range is of; nil when it is held no longer, or under another claim.
    func partition(of range: ResultBatch.OffsetRange) -> TopicPartition? {
        positions.first {
            $0.value.claim.topicId == range.topicId && $0.value.claim.partition == range.partition
                && $0.value.claim.generation == range.generation
        }?.key
    }

    /// The work that a batch of messages is, and moves the positions behind it; nil when a partition of it is no longer held.
    mutating func advance(_ messages: MessageBatch, sequence: UInt64, membership: Int) -> Work? {
        var ranges: [ResultBatch.OffsetRange] = []
        for (index, partition) in messages.partitions.enumerated() {
            guard let position = positions[partition] else { return nil }
            ranges.append(
                ResultBatch.OffsetRange(
                    topicId: position.claim.topicId, partition: position.claim.partition,
                    generation: position.claim.generation,
                    firstOffset: position.next ?? messages.firstOffsets[index].offset,
                    nextOffset: messages.nextOffsets[index].offset))
        }
        for (partition, offset) in messages.nextOffsets { positions[partition]?.next = offset }
        return Work(sequence: sequence, membership: membership, messages: messages, ranges: ranges)
    }
}

package import Store
import Streaming

/// A batch of messages on its way to a worker.
struct Work: Sendable {
    /// Place in the order of reading, from 0, without gaps.
    let sequence: UInt64
    /// Counts this process's memberships of the consumer group: which one read the batch.
    let membership: Int
    let messages: MessageBatch
    /// What the batch covers of each of `messages.partitions`, under which claim.
    let ranges: [ResultBatch.OffsetRange]
}

/// What a worker made of it, on its way to the writer.
package struct Finished: Sendable {
    let sequence: UInt64
    let membership: Int
    /// False for a batch that was given up because the pipeline stops: it must not be committed, nor what follows it.
    let isComplete: Bool
    let results: ResultBatch
    let messageCount: Int
    /// The sum of the payloads' lengths.
    let byteCount: Int

    package init(
        sequence: UInt64, membership: Int, isComplete: Bool, results: ResultBatch, messageCount: Int, byteCount: Int
    ) {
        self.sequence = sequence
        self.membership = membership
        self.isComplete = isComplete
        self.results = results
        self.messageCount = messageCount
        self.byteCount = byteCount
    }
}

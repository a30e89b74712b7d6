import Store
import Synchronization

/// What the writer has committed since the consumer last told Kafka, for lag tools.
final class CommittedOffsets: Sendable {
    private let ranges = Mutex<[ResultBatch.OffsetRange]>([])

    func add(_ committed: [ResultBatch.OffsetRange]) {
        ranges.withLock { $0.append(contentsOf: committed) }
    }

    func takeAll() -> [ResultBatch.OffsetRange] {
        ranges.withLock { ranges in
            defer { ranges.removeAll(keepingCapacity: true) }
            return ranges
        }
    }
}

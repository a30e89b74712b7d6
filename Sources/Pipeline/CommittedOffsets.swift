import Store
import Synchronization

/// What the writer has committed since the consumer last told Kafka, for lag tools.
package final class CommittedOffsets: Sendable {
    private let ranges = Mutex<[ResultBatch.OffsetRange]>([])

    package init() {}

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

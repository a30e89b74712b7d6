import Store
import Synchronization

/// Emptied result batches that keep their memory, so that a steady stream allocates none.
package final class ResultPool: Sendable {
    private let batches = Mutex<[ResultBatch]>([])

    package init() {}

    func take() -> ResultBatch {
        batches.withLock { $0.popLast() } ?? ResultBatch()
    }

    func give(back batch: consuming ResultBatch) {
        batch.removeAll()
        let emptied = batch
        batches.withLock { $0.append(emptied) }
    }
}

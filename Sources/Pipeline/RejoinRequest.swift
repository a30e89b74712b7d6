import Synchronization

/// How the writer tells the consumer that the database and it disagree about a partition, so that it leaves and joins its group anew.
package final class RejoinRequest: Sendable {
    private let isRequested = Mutex(false)

    package init() {}

    func request() {
        isRequested.withLock { $0 = true }
    }

    package var isPending: Bool { isRequested.withLock { $0 } }

    func clear() {
        isRequested.withLock { $0 = false }
    }
}

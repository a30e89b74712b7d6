import Foundation

/// Counts the batches that were handed to the workers and are not yet committed or given up.
// SAFETY: all mutable state is touched with `condition` locked.
package final class InFlight: @unchecked Sendable {
    private let condition = NSCondition()
    private var number = 0

    package init() {}

    package var count: Int { condition.withLock { number } }

    package func enter() {
        condition.withLock { number += 1 }
    }

    func leave() {
        condition.withLock {
            precondition(number > 0, "a batch leaves once")
            number -= 1
            condition.broadcast()
        }
    }

    /// Waits until nothing is in flight; false when the time is up first.
    package func waitUntilEmpty(timeoutMs: Int) -> Bool {
        let deadline = Date(timeIntervalSinceNow: Double(timeoutMs) / 1000)
        return condition.withLock {
            while number > 0 {
                guard condition.wait(until: deadline) else { return number == 0 }
            }
            return true
        }
    }
}

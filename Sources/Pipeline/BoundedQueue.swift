import Foundation

/// A queue between threads that holds at most `capacity` elements: a full one makes the sender wait.
///
/// Elements are whole batches, so one lock per element costs nothing beside the work it carries.
// SAFETY: all mutable state is touched with `condition` locked.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private var elements: [Element] = []
    private var isClosed = false

    public init(capacity: Int) {
        precondition(capacity > 0, "a queue needs room for one element")
        self.capacity = capacity
        elements.reserveCapacity(capacity)
    }

    public var count: Int {
        condition.withLock { elements.count }
    }

    /// Appends an element, waiting for room; false when the queue is closed or the time is up, and then the element is still the caller's.
    public func push(_ element: Element, timeoutMs: Int) -> Bool {
        let deadline = Date(timeIntervalSinceNow: Double(timeoutMs) / 1000)
        return condition.withLock {
            while elements.count >= capacity, !isClosed {
                guard condition.wait(until: deadline) else { return false }
            }
            guard !isClosed else { return false }
            elements.append(element)
            condition.broadcast()
            return true
        }
    }

    /// Appends an element, waiting for room as long as it takes; false when the queue is closed.
    public func push(_ element: Element) -> Bool {
        condition.withLock {
            while elements.count >= capacity, !isClosed { condition.wait() }
            guard !isClosed else { return false }
            elements.append(element)
            condition.broadcast()
            return true
        }
    }

    /// Takes the oldest element, waiting for one; nil when the queue is closed and empty.
    public func pop() -> Element? {
        condition.withLock {
            while elements.isEmpty {
                guard !isClosed else { return nil }
                condition.wait()
            }
            let element = elements.removeFirst()
            condition.broadcast()
            return element
        }
    }

    /// Lets no more elements in; those inside can still be taken.
    public func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }
}

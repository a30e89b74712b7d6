import Foundation
import Pipeline
import Synchronization
import Testing

@Suite struct BoundedQueueTests {
    @Test func elementsComeOutInOrder() {
        let queue = BoundedQueue<Int>(capacity: 3)
        for value in 1...3 { #expect(queue.push(value)) }
        queue.close()
        #expect([queue.pop(), queue.pop(), queue.pop(), queue.pop()] == [1, 2, 3, nil])
    }

    @Test func aFullQueueRefusesAfterTheTimeAndKeepsItsContents() {
        let queue = BoundedQueue<Int>(capacity: 1)
        #expect(queue.push(1, timeoutMs: 0))
        #expect(!queue.push(2, timeoutMs: 1))
        #expect(queue.count == 1)
        #expect(queue.pop() == 1)
        #expect(queue.push(2, timeoutMs: 0))
    }

    @Test func aClosedQueueTakesNothingMore() {
        let queue = BoundedQueue<Int>(capacity: 2)
        #expect(queue.push(1))
        queue.close()
        #expect(!queue.push(2))
        #expect(!queue.push(2, timeoutMs: 10))
        #expect(queue.pop() == 1)
        #expect(queue.pop() == nil)
    }

    @Test func everythingThatManySendersSendArrivesOnce() {
        let queue = BoundedQueue<Int>(capacity: 4)
        let sum = Mutex(0)
        let group = DispatchGroup()
        for sender in 0..<4 {
            group.enter()
            Thread.detachNewThread {
                for value in 0..<250 { _ = queue.push(sender * 250 + value) }
                group.leave()
            }
        }
        let receivers = DispatchGroup()
        for _ in 0..<2 {
            receivers.enter()
            Thread.detachNewThread {
                while let value = queue.pop() { sum.withLock { $0 += value } }
                receivers.leave()
            }
        }
        group.wait()
        queue.close()
        receivers.wait()
        #expect(sum.withLock { $0 } == 999 * 1000 / 2)
    }
}

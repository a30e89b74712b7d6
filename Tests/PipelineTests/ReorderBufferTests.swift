import Pipeline
import Testing

@Suite struct ReorderBufferTests {
    @Test func elementsLeaveInSequenceWhateverOrderTheyArriveIn() {
        var buffer = ReorderBuffer<Int>()
        var out: [Int] = []
        for value in [2, 0, 1, 4, 3] {
            buffer.insert(value, sequence: UInt64(value))
            while let next = buffer.popNext() { out.append(next) }
        }
        #expect(out == [0, 1, 2, 3, 4])
        #expect(buffer.count == 0)
    }

    @Test func anElementWaitsForItsPredecessors() {
        var buffer = ReorderBuffer<String>(first: 7)
        buffer.insert("later", sequence: 8)
        #expect(buffer.popNext() == nil)
        #expect(buffer.count == 1)
        buffer.insert("first", sequence: 7)
        #expect(buffer.popNext() == "first")
        #expect(buffer.popNext() == "later")
        buffer.insert("much later", sequence: 20)
        #expect(buffer.removeAll() == 1)
        #expect(buffer.count == 0)
    }
}

@Suite struct BackoffTests {
    @Test func delaysGrowToTheLongestAndAreJittered() {
        var backoff = Backoff(firstMs: 100, longestMs: 1000, seed: 1)
        let delays = (0..<12).map { _ in backoff.nextDelayMs() }
        for (attempt, delay) in delays.enumerated() {
            let ceiling = min(1000, 100 << attempt)
            #expect(delay <= ceiling && delay >= ceiling / 2)
        }
        #expect(Set(delays.suffix(6)).count > 1)
        backoff.reset()
        #expect(backoff.nextDelayMs() <= 100)
    }

    @Test func oneSeedGivesOneSequence() {
        var first = Backoff(seed: 5)
        var second = Backoff(seed: 5)
        #expect((0..<8).map { _ in first.nextDelayMs() } == (0..<8).map { _ in second.nextDelayMs() })
    }
}

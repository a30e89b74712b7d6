/// Puts batches back into the order they were read in, after several workers had them.
///
/// Offsets may only be committed in order; a batch that overtakes another waits here. Holds at most as many as are in flight.
package struct ReorderBuffer<Element> {
    private var next: UInt64
    private var waiting: [UInt64: Element] = [:]

    /// - Parameter first: the sequence number that comes out first.
    package init(first: UInt64 = 0) {
        next = first
    }

    package var count: Int { waiting.count }

    package mutating func insert(_ element: Element, sequence: UInt64) {
        precondition(sequence >= next && waiting[sequence] == nil, "a sequence number is used once")
        waiting[sequence] = element
    }

    /// The element whose turn it is, if it has arrived.
    package mutating func popNext() -> Element? {
        guard let element = waiting.removeValue(forKey: next) else { return nil }
        next += 1
        return element
    }

    /// Drops what waits, and says how many elements that were.
    package mutating func removeAll() -> Int {
        defer { waiting.removeAll() }
        return waiting.count
    }
}

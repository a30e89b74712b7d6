/// Memory that grows to what was asked for and is kept from one pass to the next.
final class Scratch<R: Real> {
    // SAFETY: owned by this object alone and valid for `capacity` elements until it is replaced or the object goes.
    private(set) var start: UnsafeMutablePointer<R>
    private var capacity: Int

    init() {
        capacity = 64
        start = .allocate(capacity: capacity)
        start.initialize(repeating: 0, count: capacity)
    }

    deinit {
        start.deallocate()
    }

    /// Room for `count` elements, whose values are undefined.
    @discardableResult
    func reserve(_ count: Int) -> UnsafeMutablePointer<R> {
        guard count > capacity else { return start }
        start.deallocate()
        capacity = count + count / 2
        start = .allocate(capacity: capacity)
        start.initialize(repeating: 0, count: capacity)
        return start
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Memory that grows and is used again: where blocks are decompressed to.
///
/// Its bytes are not initialised; who fills them says how many there are.
struct ByteBuffer: ~Copyable {
    // SAFETY: owned here, freed in deinit, `capacity` bytes long.
    private(set) var start: UnsafeMutableRawPointer?
    private(set) var capacity = 0

    deinit {
        free(start)
    }

    /// Makes room for `count` bytes and keeps what is there; false when memory is short.
    mutating func reserve(_ count: Int) -> Bool {
        guard count > capacity else { return true }
        guard let grown = realloc(start, count) else { return false }
        start = grown
        capacity = count
        return true
    }

    /// The first bytes; valid until the buffer grows.
    func bytes(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: min(count, capacity))
    }
}

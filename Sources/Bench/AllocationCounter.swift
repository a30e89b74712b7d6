internal import CAllocationCounter

/// Counts heap allocations of the calling thread: every call of malloc, calloc, realloc and the aligned kinds.
public enum AllocationCounter {
    /// Whether this build can count: on Linux with glibc, without sanitizers.
    public static var isAvailable: Bool { apus_allocation_counter_works() }

    /// How many allocations `body` makes on this thread; nil where they cannot be counted.
    ///
    /// Not to be nested.
    public static func count<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) -> Int? {
        guard isAvailable else {
            try body()
            return nil
        }
        apus_allocation_counter_start()
        defer { _ = apus_allocation_counter_stop() }
        try body()
        return Int(clamping: apus_allocation_counter_stop())
    }
}

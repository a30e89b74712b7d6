import Glibc

/// What docs/robustness.md promises, in numbers.
enum Promise {
    /// Rows of one message, or of one block of a file.
    static let maximumRows = 1 << 18

    /// CPU time for one call: 100 ms, or what the bytes of a larger message may cost, and its content where it is
    /// compressed.
    ///
    /// `APUS_FUZZ_SLOWDOWN` says how much slower the program is than a release build: 1 by default. The scripts set
    /// what was measured for AddressSanitizer with coverage.
    static func nanoseconds(byteCount: Int, isCompressed: Bool) -> UInt64 {
        let content = isCompressed ? 25 * contentBytes(messageBytes: byteCount) : 0
        return UInt64(Double(max(100_000_000, 250 * byteCount + content)) * slowdown)
    }

    /// Most bytes that a compressed message may become.
    private static func contentBytes(messageBytes: Int) -> Int {
        min(256 << 20, max(4 << 20, 64 * messageBytes))
    }

    private static let slowdown = getenv("APUS_FUZZ_SLOWDOWN").flatMap { Double(String(cString: $0)) } ?? 1

    /// What a new decoder and a new batch may hold after one message: a plan, rows, and, where it was compressed, the
    /// content and the codec's own memory.
    static func heldBytes(messageBytes: Int, isCompressed: Bool) -> Int {
        let base = 1 << 20
        guard isCompressed else { return base + 10 * messageBytes }
        return base + 34 << 20 + 10 * contentBytes(messageBytes: messageBytes)
    }

    /// What a schema and its plan may hold.
    static func heldBytes(schemaBytes: Int) -> Int {
        (1 << 20) + 120 * schemaBytes
    }
}

/// CPU time of this thread, so that a busy machine raises no false alarm.
enum ThreadClock {
    static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Live bytes of the heap as AddressSanitizer counts them; always 0 in a program without it.
enum Heap {
    private typealias Count = @convention(c) () -> Int

    private static let count: Count? = dlsym(nil, "__sanitizer_get_current_allocated_bytes").map {
        // SAFETY: the sanitizer's documented signature, size_t (void).
        unsafeBitCast($0, to: Count.self)
    }

    static var allocatedBytes: Int { count?() ?? 0 }
}

/// Ends the process with a message where a promise is broken, as a sanitizer does.
func check(_ isKept: Bool, _ finding: @autoclosure () -> String) {
    guard !isKept else { return }
    let line = "FINDING: \(finding())\n"
    write(STDERR_FILENO, line, line.utf8.count)
    abort()
}

/// Reads Avro's primitive encodings from bytes that nobody vouches for: every read is checked against what remains.
///
/// It borrows the memory, so it must not outlive the closure that lent the bytes.
struct ByteCursor {
    // SAFETY: valid for `end` bytes while the lender's closure runs; all loads below are guarded by `end - position`.
    let base: UnsafeRawPointer
    private(set) var position: Int
    let end: Int

    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        // An empty buffer may have no address; nothing is ever loaded from it.
        base = bytes.baseAddress ?? Self.nowhere
        end = bytes.baseAddress == nil ? 0 : bytes.count
        self.position = min(max(0, position), end)
    }

    // SAFETY: never dereferenced, `end` is 0 beside it.
    private static var nowhere: UnsafeRawPointer { UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped }

    var remaining: Int {
        @inline(__always) get { end &- position }
    }

    /// Moves on by a count that the caller has checked against `remaining`.
    @inline(__always)
    mutating func advance(uncheckedBy count: Int) {
        position &+= count
    }

    @inline(__always)
    mutating func skip(_ count: Int, _ subject: Fault.Subject) throws(Fault) {
        guard count <= end &- position else { throw Fault(code: .truncated, subject: subject, offset: end) }
        position &+= count
    }

    @inline(__always)
    mutating func byte(_ subject: Fault.Subject) throws(Fault) -> UInt8 {
        guard position < end else { throw Fault(code: .truncated, subject: subject, offset: end) }
        let value = base.load(fromByteOffset: position, as: UInt8.self)
        position &+= 1
        return value
    }

    /// A little-endian number of fixed width.
    @inline(__always)
    mutating func number<Number: BitwiseCopyable>(_: Number.Type, _ subject: Fault.Subject) throws(Fault) -> Number {
        guard MemoryLayout<Number>.size <= end &- position else {
            throw Fault(code: .truncated, subject: subject, offset: end)
        }
        let value = base.loadUnaligned(fromByteOffset: position, as: Number.self)
        position &+= MemoryLayout<Number>.size
        return value
    }

    /// A zigzag integer of at most 64 bits.
    @inline(__always)
    mutating func integer() throws(Fault) -> Int64 {
        guard position < end else { throw Fault(code: .truncated, subject: .integer, offset: end) }
        let first = base.load(fromByteOffset: position, as: UInt8.self)
        var bits = UInt64(first)
        if first < 0x80 {
            position &+= 1
        } else {
            (bits, position) = try longVarint()
        }
        return Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
    }

    // PERF: the slow paths take the cursor by value and return the new position. Were it passed by reference, the
    // caller's copy would have to live in memory, and each field would wait for the store of the one before.
    private func longVarint() throws(Fault) -> (bits: UInt64, position: Int) {
        var bits: UInt64 = 0
        var shift: UInt64 = 0
        let available = min(end &- position, 10)
        for index in 0..<available {
            let byte = base.load(fromByteOffset: position &+ index, as: UInt8.self)
            // The tenth byte holds the 64th bit alone.
            if index == 9 && byte > 1 { break }
            bits |= UInt64(byte & 0x7f) &<< shift
            if byte < 0x80 {
                return (bits, position &+ index &+ 1)
            }
            shift &+= 7
        }
        guard available == 10 else { throw Fault(code: .truncated, subject: .integer, offset: end) }
        throw Fault(code: .varintTooLong, offset: position)
    }

    @inline(__always)
    mutating func skipInteger() throws(Fault) {
        // PERF: the end of a varint of up to 8 bytes found in one word, without a branch per byte.
        if end &- position >= 8 {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let stops = ~word & 0x8080_8080_8080_8080
            if stops != 0 {
                position &+= (stops.trailingZeroBitCount &>> 3) &+ 1
                return
            }
        }
        position = try longVarint().position
    }

    /// A length or a count of bytes: not negative, and not more than what remains.
    @inline(__always)
    mutating func length(_ subject: Fault.Subject) throws(Fault) -> Int {
        let start = position
        let value = try integer()
        guard value >= 0, value <= Int64(end &- position) else { throw badLength(value, subject, at: start) }
        return Int(value)
    }

    @inline(__always)
    mutating func skipLengthPrefixed(_ subject: Fault.Subject) throws(Fault) {
        let count = try length(subject)
        position &+= count
    }

    private func badLength(_ value: Int64, _ subject: Fault.Subject, at start: Int) -> Fault {
        Fault(
            code: value < 0 ? .negativeLength : .lengthBeyondEnd, subject: subject, offset: start, value: value,
            limit: end &- position)
    }

    /// The index of a union with two branches: 0 or 1.
    @inline(__always)
    mutating func unionOfTwo() throws(Fault) -> Int {
        guard position < end else { throw Fault(code: .truncated, subject: .union, offset: end) }
        let tag = base.load(fromByteOffset: position, as: UInt8.self)
        if tag & ~2 == 0 {
            position &+= 1
            return Int(tag >> 1)
        }
        let (index, end) = try longUnionOfTwo()
        position = end
        return index
    }

    private func longUnionOfTwo() throws(Fault) -> (index: Int, position: Int) {
        var copy = self
        let index = try copy.unionIndex(branches: 2)
        return (index, copy.position)
    }

    mutating func unionIndex(branches: Int) throws(Fault) -> Int {
        let start = position
        let index = try integer()
        guard index >= 0, index < Int64(branches) else {
            throw Fault(code: .badUnionIndex, offset: start, value: index, limit: branches)
        }
        return Int(index)
    }
}

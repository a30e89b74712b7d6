/// Rows in the binary form that COPY reads, in memory that is kept for the next batch.
///
/// Layout (PostgreSQL documentation, COPY, "Binary Format"): a signature, flags, the length of an extension; for every row
/// the number of its fields, and for every field its length (-1 for NULL) and its bytes, all big endian; -1 at the end.
/// Used by one thread.
final class CopyRows {
    private static let header: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0] + [UInt8](repeating: 0, count: 8)

    private let fields: Int16
    private var memory: UnsafeMutableRawBufferPointer
    private var end: Int
    private(set) var count = 0

    /// - Parameter fields: of every row.
    init(fields: Int) {
        self.fields = Int16(clamping: fields)
        memory = .allocate(byteCount: 4096, alignment: 8)
        memory.copyBytes(from: Self.header)
        end = Self.header.count
    }

    deinit {
        memory.deallocate()
    }

    /// Drops the rows and keeps their memory.
    func removeAll() {
        end = Self.header.count
        count = 0
    }

    /// Begins a row; its fields have to follow.
    func beginRow() {
        reserve(2)
        store(fields)
        count += 1
    }

    func append(_ value: some FixedWidthInteger) {
        let size = value.bitWidth / 8
        reserve(4 + size)
        store(Int32(size))
        store(value)
    }

    func append(_ value: Float) { append(value.bitPattern) }

    func append(_ value: Int64?) {
        if let value { append(value) } else { appendNull() }
    }

    /// NaN becomes NULL; every other value keeps its bits.
    func appendKnown(_ value: Float) {
        if value.isNaN { appendNull() } else { append(value.bitPattern) }
    }

    /// NaN becomes NULL; every other value keeps its bits.
    func appendKnown(_ value: Double) {
        if value.isNaN { appendNull() } else { append(value.bitPattern) }
    }

    func appendNull() {
        reserve(4)
        store(Int32(-1))
    }

    func append(bytes: UnsafeRawBufferPointer) {
        reserve(4 + bytes.count)
        store(Int32(clamping: bytes.count))
        UnsafeMutableRawBufferPointer(rebasing: memory[end...]).copyMemory(from: bytes)
        end += bytes.count
    }

    /// An array of reals without NULL, as one field.
    func append(reals values: UnsafeBufferPointer<Float>) {
        reserve(24 + 8 * values.count)
        store(Int32(clamping: 20 + 8 * values.count))
        store(Int32(1))
        store(Int32(0))
        store(ArrayColumn.Element.real.rawValue)
        store(Int32(clamping: values.count))
        store(Int32(1))
        for value in values {
            store(Int32(4))
            store(value.bitPattern)
        }
    }

    /// All rows with their end mark; valid until another is added.
    func encoded() -> UnsafeRawBufferPointer {
        reserve(2)
        let rowsEnd = end
        store(Int16(-1))
        let whole = end
        end = rowsEnd
        // SAFETY: the memory belongs to this object, whose caller keeps it alive while it sends the bytes.
        return UnsafeRawBufferPointer(rebasing: memory[..<whole])
    }

    private func store<Value: FixedWidthInteger>(_ value: Value) {
        memory.storeBytes(of: value.bigEndian, toByteOffset: end, as: Value.self)
        end += MemoryLayout<Value>.size
    }

    private func reserve(_ size: Int) {
        guard end + size > memory.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(2 * memory.count, end + size), alignment: 8)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<end]))
        memory.deallocate()
        memory = larger
    }
}

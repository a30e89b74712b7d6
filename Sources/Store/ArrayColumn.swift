/// One column of many rows as a PostgreSQL array in binary form, in memory that is kept for the next batch.
///
/// Layout (`array_recv` of the server): dimensions, has-null flag, element type, length, lower bound, each 4 bytes;
/// then for every element its length (-1 for NULL) and its bytes, all big endian. Used by one thread.
final class ArrayColumn {
    /// Object ids of the element types, as `pg_type` numbers them.
    enum Element: UInt32 {
        case bytea = 17
        case singleByte = 18
        case bigint = 20
        case smallint = 21
        case integer = 23
        case text = 25
        case real = 700
        case double = 701
        case date = 1082
        case timestamptz = 1184
    }

    private static let headerSize = 20

    private let element: Element
    private var memory: UnsafeMutableRawBufferPointer
    private var end = ArrayColumn.headerSize
    private var hasNull = false
    private(set) var count = 0

    init(_ element: Element) {
        self.element = element
        memory = .allocate(byteCount: 1024, alignment: 8)
    }

    deinit {
        memory.deallocate()
    }

    /// Bytes the array takes so far.
    var byteCount: Int { end }

    /// Empties the column and keeps its memory.
    func removeAll() {
        end = Self.headerSize
        hasNull = false
        count = 0
    }

    func append(_ value: Int64) { appendElement(value) }
    func append(_ value: Int32) { appendElement(value) }
    func append(_ value: Int16) { appendElement(value) }
    func append(_ value: UInt8) { appendElement(value) }
    func append(_ value: Float) { appendElement(value.bitPattern) }

    /// NaN becomes NULL; every other value keeps its bits.
    func appendKnown(_ value: Float) {
        if value.isNaN { appendNull() } else { appendElement(value.bitPattern) }
    }

    /// NaN becomes NULL; every other value keeps its bits.
    func appendKnown(_ value: Double) {
        if value.isNaN { appendNull() } else { appendElement(value.bitPattern) }
    }

    func append(_ value: Int64?) {
        if let value { appendElement(value) } else { appendNull() }
    }

    func append(_ value: Int32?) {
        if let value { appendElement(value) } else { appendNull() }
    }

    func appendNull() {
        reserve(4)
        store(Int32(-1))
        hasNull = true
        count += 1
    }

    func append(bytes: UnsafeRawBufferPointer) {
        // Elements are capped far below this by their makers; a longer one could not be sent at all.
        let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(Int(Int32.max)))
        reserve(4 + bytes.count)
        store(Int32(bytes.count))
        UnsafeMutableRawBufferPointer(rebasing: memory[end...]).copyMemory(from: bytes)
        end += bytes.count
        count += 1
    }

    func append(_ text: String) {
        var text = text
        text.withUTF8 { append(bytes: UnsafeRawBufferPointer($0)) }
    }

    func append(contentsOf values: UnsafeBufferPointer<Float>) {
        reserve(8 * values.count)
        for value in values {
            store(Int32(4))
            store(value.bitPattern)
        }
        count += values.count
    }

    /// The finished array; valid until the column changes.
    func encoded() -> UnsafeRawBufferPointer {
        let written = end
        end = 0
        // An empty array has no dimension at all.
        store(Int32(count == 0 ? 0 : 1))
        store(Int32(hasNull ? 1 : 0))
        store(element.rawValue)
        store(Int32(clamping: count))
        store(Int32(1))
        end = written
        // SAFETY: the memory belongs to this object, whose caller keeps it alive while it sends the bytes.
        return UnsafeRawBufferPointer(rebasing: memory[..<(count == 0 ? 12 : written)])
    }

    private func appendElement(_ value: some FixedWidthInteger) {
        let size = value.bitWidth / 8
        reserve(4 + size)
        store(Int32(size))
        store(value)
        count += 1
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

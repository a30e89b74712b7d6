/// A FlatBuffers file read field by field, every offset checked against the file before it is followed.
///
/// Layout: https://flatbuffers.dev/internals. A table starts with the signed distance back to its vtable; the vtable
/// has its own and the table's size, then one 16-bit offset per field, 0 or absent for a field that is not stored.
struct FlatBuffer: Sendable {
    let bytes: [UInt8]
    /// What errors call the file.
    let path: String

    struct Table: Sendable {
        var position: Int
        var vtable: Int
        var vtableCount: Int
    }

    func damaged(_ reason: String) -> ModelFileError { .damaged(path: path, reason: reason) }

    /// The table the file begins with.
    func root() throws(ModelFileError) -> Table {
        try table(pointedToAt: 0)
    }

    /// A fixed-width little-endian number at a byte position.
    func number<Number: FixedWidthInteger>(_: Number.Type, at position: Int) throws(ModelFileError) -> Number {
        let width = MemoryLayout<Number>.size
        guard position >= 0, position <= bytes.count - width else {
            throw damaged("a \(width)-byte number at \(position) lies outside the file's \(bytes.count) bytes")
        }
        var value: Number = 0
        for index in (0..<width).reversed() {
            value = value << 8 | Number(truncatingIfNeeded: bytes[position + index])
        }
        return value
    }

    /// Where the 32-bit offset stored at `position` leads.
    private func target(ofOffsetAt position: Int) throws(ModelFileError) -> Int {
        let offset = Int(try number(UInt32.self, at: position))
        guard offset > 0, offset <= bytes.count - position else {
            throw damaged("the offset at \(position) leads outside the file")
        }
        return position + offset
    }

    func table(pointedToAt position: Int) throws(ModelFileError) -> Table {
        let start = try target(ofOffsetAt: position)
        // In range: a 32-bit number and a position inside the file cannot overflow 64 bits.
        let vtable = start - Int(try number(Int32.self, at: start))
        let count = Int(try number(UInt16.self, at: vtable))
        guard count >= 4, count % 2 == 0, vtable >= 0, vtable + count <= bytes.count else {
            throw damaged("the table at \(start) has an impossible field list")
        }
        return Table(position: start, vtable: vtable, vtableCount: count)
    }

    /// Where a table's field is stored; nil when it has its default.
    func position(of field: Int, in table: Table) throws(ModelFileError) -> Int? {
        let slot = 4 + 2 * field
        guard slot + 2 <= table.vtableCount else { return nil }
        let offset = Int(try number(UInt16.self, at: table.vtable + slot))
        return offset == 0 ? nil : table.position + offset
    }

    func scalar<Number: FixedWidthInteger>(
        _ field: Int, in table: Table, default value: Number
    ) throws(ModelFileError) -> Number {
        guard let position = try position(of: field, in: table) else { return value }
        return try number(Number.self, at: position)
    }

    func table(_ field: Int, in table: Table) throws(ModelFileError) -> Table? {
        guard let position = try position(of: field, in: table) else { return nil }
        return try self.table(pointedToAt: position)
    }

    /// The bytes of a vector's elements; empty when the field is absent.
    func vector(_ field: Int, in table: Table, elementCount width: Int) throws(ModelFileError) -> Range<Int> {
        guard let position = try position(of: field, in: table) else { return 0..<0 }
        let start = try target(ofOffsetAt: position)
        let count = Int(try number(UInt32.self, at: start))
        guard count <= (bytes.count - start - 4) / width else {
            throw damaged("a vector of \(count) elements at \(start) runs past the end of the file")
        }
        return (start + 4)..<(start + 4 + count * width)
    }

    func numbers<Number: FixedWidthInteger>(
        _ field: Int, in table: Table, as _: Number.Type, maximumCount: Int
    ) throws(ModelFileError) -> [Number] {
        let range = try vector(field, in: table, elementCount: MemoryLayout<Number>.size)
        let count = range.count / MemoryLayout<Number>.size
        guard count <= maximumCount else {
            throw damaged("a vector of \(count) elements where \(maximumCount) are the most")
        }
        var values: [Number] = []
        for position in stride(from: range.lowerBound, to: range.upperBound, by: MemoryLayout<Number>.size) {
            values.append(try number(Number.self, at: position))
        }
        return values
    }

    func tables(_ field: Int, in table: Table) throws(ModelFileError) -> [Table] {
        let range = try vector(field, in: table, elementCount: 4)
        var tables: [Table] = []
        for position in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
            tables.append(try self.table(pointedToAt: position))
        }
        return tables
    }
}

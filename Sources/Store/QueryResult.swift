import CPQ

/// One answer of the server, owned; its values are copied out.
struct QueryResult: ~Copyable {
    private let handle: OpaquePointer

    init(owning handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQclear(handle)
    }

    var rowCount: Int { Int(PQntuples(handle)) }
    var columnCount: Int { Int(PQnfields(handle)) }

    /// "COMMIT", "INSERT 0 5", … ; empty when there is none.
    var commandTag: String {
        PQcmdStatus(handle).map { String(cString: $0) } ?? ""
    }

    func columnName(_ column: Int) -> String {
        PQfname(handle, Int32(column)).map { String(cString: $0) } ?? ""
    }

    /// A value in text form; nil for NULL and outside the result.
    func text(row: Int, column: Int) -> String? {
        guard isValue(row, column) else { return nil }
        return String(decoding: bytes(row, column), as: UTF8.self)
    }

    /// A bigint, integer or timestamp that was asked for in binary form; nil for NULL, another width, and outside the
    /// result.
    func integer<Value: FixedWidthInteger>(row: Int, column: Int, as type: Value.Type = Int64.self) -> Value? {
        guard isValue(row, column) else { return nil }
        let bytes = bytes(row, column)
        guard bytes.count == MemoryLayout<Value>.size else { return nil }
        return Value(bigEndian: bytes.loadUnaligned(as: Value.self))
    }

    /// A bytea that was asked for in binary form; nil for NULL and outside the result.
    func byteArray(row: Int, column: Int) -> [UInt8]? {
        isValue(row, column) ? Array(bytes(row, column)) : nil
    }

    private func isValue(_ row: Int, _ column: Int) -> Bool {
        row < rowCount && column < columnCount && PQgetisnull(handle, Int32(row), Int32(column)) == 0
    }

    // SAFETY: the bytes belong to the result; every caller copies them before it returns.
    private func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: PQgetvalue(handle, Int32(row), Int32(column)),
            count: Int(PQgetlength(handle, Int32(row), Int32(column))))
    }
}

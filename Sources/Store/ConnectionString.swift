import CPQ

/// A libpq connection string that was checked, and Apus's defaults for what it leaves open.
///
/// Everything libpq knows works (TLS, password files, several hosts, services). A message about it never repeats its
/// text, because it may hold a password.
struct ConnectionString {
    private let text: String

    // Seconds: a connection attempt, an idle time before probes, their distance, their number. Milliseconds:
    // unacknowledged data.
    private static let defaults: [(name: String, value: String)] = [
        ("connect_timeout", "10"),
        ("keepalives", "1"),
        ("keepalives_idle", "30"),
        ("keepalives_interval", "10"),
        ("keepalives_count", "3"),
        ("tcp_user_timeout", "30000"),
        ("fallback_application_name", "apus"),
    ]

    init(_ text: String) throws(StoreError) {
        guard !text.utf8.contains(0), let options = PQconninfoParse(text, nil) else {
            throw .configuration(
                reason: "the database connection string cannot be read; it should look like"
                    + " \"host=… port=… dbname=… user=…\" or \"postgresql://user@host:port/dbname\""
                    + " (its text is not shown, because it may hold a password)")
        }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            // libpq would put the rest of such a password into its messages, as a host name.
            if String(cString: keyword) == "host", let host = option.pointee.val, String(cString: host).contains("@") {
                throw .configuration(
                    reason: "the host of the database connection string holds an \"@\";"
                        + " write an \"@\" in a password as %40")
            }
            option += 1
        }
        self.text = text
    }

    /// Names and values for `PQconnectdbParams` with `expand_dbname`: later ones win, so the string overrides the
    /// defaults.
    func withKeywords<Result>(
        _ body: ([UnsafePointer<CChar>?], [UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        let pairs = Self.defaults + [("dbname", text), ("client_encoding", "UTF8")]
        var scratch: [CChar] = []
        var offsets: [(Int, Int)] = []
        for (name, value) in pairs {
            let nameOffset = scratch.count
            scratch.append(contentsOf: name.utf8CString)
            offsets.append((nameOffset, scratch.count))
            scratch.append(contentsOf: value.utf8CString)
        }
        // SAFETY: the pointers are used inside this closure only.
        return scratch.withUnsafeBufferPointer { bytes in
            let names = offsets.map { bytes.baseAddress?.advanced(by: $0.0) }
            let values = offsets.map { bytes.baseAddress?.advanced(by: $0.1) }
            return body(names + [nil], values + [nil])
        }
    }
}

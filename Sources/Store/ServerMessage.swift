import CPQ

/// An error that the server sent, in its fields.
struct ServerMessage {
    let sqlState: SQLState?
    /// Primary message, detail, hint and context, those that are there.
    let text: String
    /// FATAL and PANIC: the server closes the connection.
    let endsSession: Bool

    init(_ result: OpaquePointer) {
        func field(_ code: Character) -> String? {
            guard let code = code.asciiValue, let value = PQresultErrorField(result, Int32(code)) else { return nil }
            return String(cString: value)
        }
        // The letters are libpq's PG_DIAG_ codes: C SQLSTATE, V severity untranslated, M primary, D detail, H hint, W
        // context.
        sqlState = field("C").map { SQLState($0) }
        let severity = field("V")
        endsSession = severity == "FATAL" || severity == "PANIC"
        var text = field("M") ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? "no message"
        for (label, code) in [("detail", "D"), ("hint", "H"), ("context", "W")] as [(String, Character)] {
            if let value = field(code) { text += "; \(label): \(value)" }
        }
        self.text = text
    }
}

/// What libpq says of a connection that was not made, which it has only as text.
struct ConnectionFailure {
    /// Nil when no server answered.
    let sqlState: SQLState?
    let text: String

    /// - Parameter message: in verbose form, where the code follows the severity: "FATAL:  28P01: password …".
    init(message: String) {
        var sqlState: SQLState?
        var lines: [Substring] = []
        for line in message.split(separator: "\n") where !line.hasPrefix("LOCATION:") {
            sqlState = Self.code(in: line) ?? sqlState
            lines.append(line)
        }
        self.sqlState = sqlState
        text = lines.joined(separator: "; ")
    }

    private static func code(in line: Substring) -> SQLState? {
        for part in line.split(separator: ":").dropFirst() {
            let code = part.drop(while: { $0 == " " })
            let isCode =
                code.utf8.count == 5 && code.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
            if isCode && part.hasPrefix("  ") { return SQLState(String(code)) }
        }
        return nil
    }
}

/// Hands the server's notices to a closure; the connection keeps it alive.
final class NoticeReceiver {
    private let onNotice: (String) -> Void

    init(_ onNotice: @escaping (String) -> Void) {
        self.onNotice = onNotice
    }

    func install(on handle: OpaquePointer) {
        // SAFETY: the connection owns this object and closes the handle before it lets go of it.
        let reference = Unmanaged.passUnretained(self).toOpaque()
        PQsetNoticeProcessor(
            handle,
            { reference, message in
                guard let reference, let message else { return }
                // SAFETY: `reference` is the receiver that was installed above.
                Unmanaged<NoticeReceiver>.fromOpaque(reference).takeUnretainedValue().onNotice(String(cString: message))
            }, reference)
    }
}

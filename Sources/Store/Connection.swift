import CPQ

/// One connection to PostgreSQL, owned and used by one thread.
///
/// Values are always bound, never spliced into a statement: `SQL` is a literal, `Parameter` a value. Every call blocks
/// its thread.
public final class Connection {
    private let handle: OpaquePointer
    private let notices: NoticeReceiver
    private var isLost = false
    /// Names of the statements that the server has prepared in this session.
    private var prepared: Set<String> = []

    /// Connects.
    ///
    /// - Parameters:
    ///   - conninfo: a libpq connection string or URI; TLS, password file and the rest work as libpq documents them.
    ///   - onNotice: receives the server's notices and warnings, on the thread that uses the connection.
    /// - Throws: `.configuration` for a string that cannot be read, `.unreachable` when there is no connection within
    ///   `connect_timeout` (10 s unless the string says otherwise).
    public init(_ conninfo: String, onNotice: @escaping (String) -> Void = { _ in }) throws(StoreError) {
        let conninfo = try ConnectionString(conninfo)
        guard let handle = conninfo.withKeywords({ PQconnectStartParams($0, $1, 1) }) else {
            throw .configuration(reason: "out of memory for a database connection")
        }
        self.handle = handle
        notices = NoticeReceiver(onNotice)
        // Only verbose messages carry the SQLSTATE of a refused connection, and verbosity can be set only on a
        // connection. So the object is made first, and the connection that counts is made by PQreset, which honours
        // connect_timeout and all hosts.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        notices.install(on: handle)
        PQreset(handle)
        try checkConnected()
    }

    deinit {
        PQfinish(handle)
    }

    /// False once the connection is known to be broken; `reopenIfLost` makes a new one.
    public var isOpen: Bool { !isLost && PQstatus(handle) == CONNECTION_OK }

    /// The server's process of this connection, as `pg_stat_activity` shows it.
    public var serverProcess: Int32 { PQbackendPID(handle) }

    /// Connects again, once, when the connection is known to be broken.
    public func reopenIfLost() throws(StoreError) {
        guard !isOpen else { return }
        PQreset(handle)
        isLost = false
        prepared.removeAll()
        try checkConnected()
    }

    /// Runs one statement and returns its rows as text.
    public func query(_ sql: SQL, _ parameters: [Parameter] = []) throws(StoreError) -> TextTable {
        TextTable(try result(of: sql, parameters))
    }

    /// Runs one or more statements without parameters, for instance a migration; their rows are dropped.
    public func execute(_ script: SQL) throws(StoreError) {
        _ = try take(PQexec(handle, script.text), during: Self.operation(script))
    }

    /// Runs `body` inside one transaction: commits when it returns, rolls back when it throws.
    public func transaction<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        try execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        do throws(StoreError) {
            let value = try body()
            let answer = try take(PQexec(handle, "COMMIT"), during: "COMMIT")
            let tag = answer.commandTag
            guard tag == "COMMIT" else { throw .unexpectedAnswer(operation: "COMMIT", reason: "the server did \(tag)") }
            return value
        } catch {
            // A connection that cannot even roll back is of no use; the server rolls back when it ends.
            if isOpen, PQtransactionStatus(handle) != PQTRANS_IDLE {
                do throws(StoreError) { try execute("ROLLBACK") } catch { isLost = true }
            }
            throw error
        }
    }

    // MARK: - For the module

    /// One statement's answer, with values in text form.
    func result(of sql: SQL, _ parameters: [Parameter]) throws(StoreError) -> QueryResult {
        let bound = try BoundParameters(parameters)
        let answer = try bound.withPointers { (values, lengths, formats) throws(StoreError) in
            PQexecParams(handle, sql.text, Int32(values.count), nil, values, lengths, formats, 0)
        }
        return try take(answer, during: Self.operation(sql))
    }

    /// A statement's answer, with values in binary form; it is prepared when it first runs in a session.
    func run(_ statement: Statement, _ parameters: [Parameter]) throws(StoreError) -> QueryResult {
        if !prepared.contains(statement.name) {
            let answer = PQprepare(handle, statement.name, statement.sql.text, 0, nil)
            _ = try take(answer, during: "preparing \(statement.name)")
            prepared.insert(statement.name)
        }
        let bound = try BoundParameters(parameters)
        let answer = try bound.withPointers { (values, lengths, formats) throws(StoreError) in
            PQexecPrepared(handle, statement.name, Int32(values.count), values, lengths, formats, 1)
        }
        return try take(answer, during: statement.name)
    }

    /// Sends rows to a `COPY ... FROM STDIN (FORMAT binary)`.
    // PERF: beside INSERT ... SELECT FROM unnest 22 to 37 % more alerts a second in batches of 100, about 10 % at 1,000.
    func copy(_ statement: Statement, _ rows: CopyRows) throws(StoreError) {
        _ = try take(PQexec(handle, statement.sql.text), during: statement.name)
        let bytes = rows.encoded()
        // A message of the protocol holds less than 1 GiB.
        let length = Int32(clamping: min(bytes.count, 1 << 30))
        let isSent = PQputCopyData(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), length) == 1
            && Int(length) == bytes.count && PQputCopyEnd(handle, nil) == 1
        guard isSent else { throw failure(during: statement.name, sqlState: nil, message: connectionMessage) }
        let answer = PQgetResult(handle)
        // The protocol is back where it was only after the answer that is none.
        defer { while let next = PQgetResult(handle) { PQclear(next) } }
        _ = try take(answer, during: statement.name)
    }

    private func take(_ answer: OpaquePointer?, during operation: String) throws(StoreError) -> QueryResult {
        guard let answer else {
            throw failure(during: operation, sqlState: nil, message: connectionMessage)
        }
        let result = QueryResult(owning: answer)
        switch PQresultStatus(answer) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY, PGRES_COPY_IN:
            return result
        default:
            let message = ServerMessage(answer)
            if message.endsSession { isLost = true }
            throw failure(during: operation, sqlState: message.sqlState, message: message.text)
        }
    }

    private func failure(during operation: String, sqlState: SQLState?, message: String) -> StoreError {
        if let sqlState {
            return .server(operation: operation, sqlState: sqlState, message: message)
        }
        if PQstatus(handle) == CONNECTION_OK {
            return .unexpectedAnswer(operation: operation, reason: message)
        }
        isLost = true
        return .connectionLost(operation: operation, reason: message)
    }

    private func checkConnected() throws(StoreError) {
        guard PQstatus(handle) != CONNECTION_OK else { return }
        isLost = true
        let failure = ConnectionFailure(message: connectionMessage)
        throw .unreachable(endpoint: endpoint, sqlState: failure.sqlState, reason: failure.text)
    }

    private var connectionMessage: String {
        PQerrorMessage(handle).map { String(cString: $0) } ?? ""
    }

    /// Host, port, database and user, for messages.
    private var endpoint: String {
        func part(_ value: UnsafeMutablePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
        return "\(part(PQhost(handle))):\(part(PQport(handle)))/\(part(PQdb(handle))) as \(part(PQuser(handle)))"
    }

    /// The beginning of a statement, for messages.
    private static func operation(_ sql: SQL) -> String {
        let words = sql.text.split(whereSeparator: \.isWhitespace).prefix(6).joined(separator: " ")
        return "\"\(words.prefix(60))\""
    }
}

/// A statement that is prepared once a session.
struct Statement: Sendable {
    let name: String
    let sql: SQL
}

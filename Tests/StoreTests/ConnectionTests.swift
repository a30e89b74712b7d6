import Store
import Synchronization
import TestSupport
import Testing

struct ConnectionTests {
    @Test func aBoundValueIsNeverReadAsSQL() throws {
        let connection = try Connection(TemporaryPostgres.shared().connectionString)
        let hostile = "'; DROP TABLE alert; -- \" \\ $1 é"
        #expect(try connection.query("SELECT $1::text", [.text(hostile)]).scalar == hostile)
    }

    @Test func nullsAndBytesArriveAsTheyAre() throws {
        let connection = try Connection(TemporaryPostgres.shared().connectionString)
        let table = try connection.query(
            "SELECT $1::text AS nothing, encode($2::bytea, 'hex') AS bytes, $3::bigint AS number",
            [.null, .bytes([0, 255, 16]), .integer(Int64.min)])
        #expect(table.columns == ["nothing", "bytes", "number"])
        #expect(table.rows == [[nil, "00ff10", "-9223372036854775808"]])
        #expect(table[0, "bytes"] == "00ff10")
        #expect(table[1, "bytes"] == nil)
    }

    @Test func textWithANulIsRefusedBeforeItIsSent() throws {
        let connection = try Connection(TemporaryPostgres.shared().connectionString)
        let error = storeError { _ = try connection.query("SELECT $1::text", [.text("a\0b")]) }
        guard case .configuration = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(connection.isOpen)
    }

    @Test func aServerErrorCarriesItsCodeAndDetail() throws {
        let connection = try Connection(TemporaryPostgres.shared().connectionString)
        try connection.execute("CREATE TEMPORARY TABLE once (id integer PRIMARY KEY); INSERT INTO once VALUES (7)")
        let error = try #require(storeError { _ = try connection.query("INSERT INTO once VALUES ($1)", [7]) })
        #expect(error.sqlState == SQLState("23505"))
        #expect(error.isDataError)
        #expect(!error.isRetriable)
        #expect(error.description.contains("Key (id)=(7) already exists"))
        #expect(error.description.contains("INSERT INTO once"))
    }

    @Test func aTransactionThatThrowsLeavesNothing() throws {
        let connection = try Connection(TemporaryPostgres.shared().connectionString)
        try connection.execute("CREATE TEMPORARY TABLE kept (id integer)")
        let error = storeError {
            try connection.transaction { () throws(StoreError) in
                _ = try connection.query("INSERT INTO kept VALUES (1)")
                _ = try connection.query("SELECT 1 / 0")
            }
        }
        #expect(error?.sqlState == SQLState("22012"))
        #expect(try connection.query("SELECT count(*) FROM kept").scalar == "0")
    }

    @Test func aConnectionStringIsNeverRepeatedInAnError() throws {
        for conninfo in [
            "password=hunter2 secret host", "postgresql://apus:hunter2@[/x", "postgresql://apus:hunter2@x@y/z",
        ] {
            let error = try #require(storeError { _ = try Connection(conninfo) })
            #expect(!error.isRetriable)
            #expect(!error.description.contains("hunter2"))
            #expect(!error.description.contains("secret"))
        }
    }

    @Test func aServerThatIsNotThereIsAnOutage() throws {
        // Port 1 is reserved for tcpmux; nothing listens there.
        let error = try #require(storeError { _ = try Connection("host=127.0.0.1 port=1 user=apus password=hunter2") })
        #expect(error.isRetriable)
        #expect(error.sqlState == nil)
        #expect(error.description.contains("127.0.0.1:1"))
        #expect(!error.description.contains("hunter2"))
    }

    @Test func aMissingDatabaseAndAMissingRoleAreNoOutage() throws {
        let port = try TemporaryPostgres.shared().port
        let database = try #require(
            storeError { _ = try Connection("host=127.0.0.1 port=\(port) user=apus dbname=absent") })
        #expect(database.sqlState == SQLState("3D000"))
        #expect(!database.isRetriable)
        #expect(database.description.contains("create the database"))
        let role = try #require(
            storeError { _ = try Connection("host=127.0.0.1 port=\(port) user=nobody dbname=apus") })
        #expect(role.sqlState == SQLState("28000"))
        #expect(!role.isRetriable)
    }

    @Test func aServerWithoutAFreeConnectionIsAnOutage() throws {
        let server = try TemporaryPostgres.shared()
        let admin = try Connection(server.connectionString)
        try admin.execute("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0")
        defer { _ = storeError { try admin.execute("DROP ROLE crowded") } }
        let error = try #require(
            storeError { _ = try Connection("host=127.0.0.1 port=\(server.port) user=crowded dbname=apus") })
        #expect(error.sqlState == SQLState("53300"))
        #expect(error.isRetriable)
    }

    @Test func aTerminatedConnectionIsAnOutageAndCanBeReopened() throws {
        let server = try TemporaryPostgres.shared()
        let connection = try Connection(server.connectionString)
        let process = connection.serverProcess
        _ = try Connection(server.connectionString).query(
            "SELECT pg_terminate_backend($1::integer, 10000)", [.integer(process)])
        let error = try #require(storeError { _ = try connection.query("SELECT 1") })
        #expect(error.isRetriable)
        #expect(!error.isDataError)
        #expect(!connection.isOpen)
        try connection.reopenIfLost()
        #expect(connection.isOpen)
        #expect(connection.serverProcess != process)
        #expect(try connection.query("SELECT 1").scalar == "1")
    }

    @Test func aStatementTimeoutIsRetriable() throws {
        let connection = try Connection(
            TemporaryPostgres.shared().connectionString + " options='-c statement_timeout=20'")
        let error = try #require(storeError { _ = try connection.query("SELECT pg_sleep(10)") })
        #expect(error.sqlState == SQLState("57014"))
        #expect(error.isRetriable)
    }

    @Test func noticesReachTheirReceiver() throws {
        let received = Mutex<[String]>([])
        let connection = try Connection(TemporaryPostgres.shared().connectionString) { notice in
            received.withLock { $0.append(notice) }
        }
        try connection.execute("DO $$ BEGIN RAISE NOTICE 'look here'; END $$")
        #expect(received.withLock { $0.count } == 1)
        #expect(received.withLock { $0.first }?.contains("look here") == true)
    }

    @Test func aTableIsPrintedInAlignedColumns() throws {
        let connection = try Connection(TemporaryPostgres.shared().connectionString)
        let table = try connection.query("SELECT * FROM (VALUES ('a', 1), ('long', NULL)) AS t(name, n)")
        #expect(table.description == "name  n\n----  -\na     1\nlong")
    }

    @Test(arguments: [
        ("08006", true, false), ("40001", true, false), ("40P01", true, false), ("53100", true, false),
        ("57P01", true, false), ("57P03", true, false), ("25006", true, false), ("57P04", false, false),
        ("22021", false, true), ("23514", false, true), ("P0001", false, true), ("42P01", false, false),
        ("42501", false, false), ("XX000", false, false),
    ])
    func outagesAndDataErrorsAreToldApart(code: String, isRetriable: Bool, isDataError: Bool) {
        #expect(SQLState(code).isRetriable == isRetriable)
        #expect(SQLState(code).isDataError == isDataError)
    }
}

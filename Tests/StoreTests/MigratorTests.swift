import Dispatch
import Store
import Synchronization
import TestSupport
import Testing

struct MigratorTests {
    @Test func anEmptyDatabaseIsMigratedOnce() throws {
        let connection = try Connection(TemporaryPostgres.shared().createDatabase())
        let migrator = Migrator(connection)
        #expect(try migrator.version() == 0)
        #expect(storeError { try migrator.check() } == .olderDatabase(version: 0, known: migrator.knownVersion))
        #expect(try migrator.migrate().map(\.version) == Array(1...migrator.knownVersion))
        #expect(try migrator.version() == migrator.knownVersion)
        #expect(try migrator.migrate().isEmpty)
        try migrator.check()
    }

    @Test func ofSeveralMigratorsAtOnceOneMakesEachChange() throws {
        let conninfo = try TemporaryPostgres.shared().createDatabase()
        let applied = Mutex<[Int]>([])
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            do {
                let versions = try Migrator(Connection(conninfo)).migrate().map(\.version)
                applied.withLock { $0 += versions }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(applied.withLock { $0 } == [1, 2])
    }

    @Test func aNewerDatabaseIsRefused() throws {
        let database = try Database()
        let migrator = Migrator(database.connection)
        let expected = StoreError.newerDatabase(version: 99, known: migrator.knownVersion)
        try database.connection.execute("INSERT INTO migration (version, name) VALUES (99, 'from the future')")
        #expect(storeError { _ = try migrator.migrate() } == expected)
        #expect(storeError { try migrator.check() } == expected)
        #expect(storeError { _ = try database.writer() } == expected)
        #expect(expected.description.contains("99"))
        #expect(!expected.isRetriable)
    }

    @Test func aMigrationThatFailsLeavesNothing() throws {
        let connection = try Connection(TemporaryPostgres.shared().createDatabase())
        try connection.execute("CREATE TABLE stream_offset (unexpected integer)")
        #expect(storeError { _ = try Migrator(connection).migrate() }?.sqlState == SQLState("42P07"))
        #expect(try connection.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").scalar == "1")
        try connection.execute("DROP TABLE stream_offset")
        #expect(try Migrator(connection).migrate().map(\.version) == [1, 2])
    }

    @Test func aDatabaseThatIsNotInUTF8IsRefused() throws {
        let server = try TemporaryPostgres.shared()
        let admin = try Connection(server.connectionString)
        try admin.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        let connection = try Connection("host=127.0.0.1 port=\(server.port) user=apus dbname=latin")
        guard case .configuration(let reason) = storeError({ _ = try Migrator(connection).migrate() }) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("UTF-8"))
    }

    @Test func everyTableViewAndColumnHasAComment() throws {
        let database = try Database()
        let bare = try database.connection.query(
            """
            SELECT c.relname, a.attname FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
            LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
                AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)
            """)
        #expect(bare.rows.isEmpty, "\(bare)")
        #expect(
            try database.count(
                """
                pg_class WHERE relkind IN ('r', 'p', 'v') AND NOT relispartition AND relnamespace = 'public'::regnamespace
                """) == 17)
    }
}

import Store
import TestSupport
import Testing

/// One login for each role, in a database whose tables belong to `apus_owner`.
struct RoleTests {
    private let database: Database
    private let service: Connection
    private let reader: Connection
    private let owner: Connection

    private static let denied = SQLState("42501")

    init() throws {
        database = try Database()
        try DatabaseRoles(database.connection).grant()
        try DatabaseRoles(database.connection).grant()
        try database.connection.execute(
            """
            DO $$
            DECLARE
                name text;
            BEGIN
                FOREACH name IN ARRAY ARRAY['service', 'operator', 'owner'] LOOP
                    BEGIN
                        EXECUTE format('CREATE ROLE %I LOGIN IN ROLE %I', 'test_' || name, 'apus_' || name);
                    EXCEPTION WHEN duplicate_object OR unique_violation THEN
                        NULL; -- roles belong to the server, which these tests share
                    END;
                END LOOP;
            END $$
            """)
        let conninfo = database.conninfo
        service = try Connection(conninfo + " user=test_service")
        reader = try Connection(conninfo + " user=test_operator")
        owner = try Connection(conninfo + " user=test_owner")
    }

    @Test func theServiceCanDoAllThatTheWriterNeeds() throws {
        let registry = ModelRegistry(service)
        let model = try registry.register(
            name: "other", sha256: String(repeating: "d", count: 64), preset: "grid-1", classes: Database.classes)
        try registry.activate(model)
        let claim = try #require(try StreamOffsets(service).claim([(topic: "alerts", partition: 0)]).first)
        let writer = try ResultWriter(service, modelId: model)
        var batch = ResultBatch(claim, 0..<41) { $0 % 40 }
        batch.offsets[0].nextOffset = 42
        batch.quarantine(claim, 41, detail: "cut short", payload: [1, 2, 3])
        #expect(try writer.write(batch).consumed == 42)
        // A night that has no partition yet.
        var old = ResultBatch(claim, 42..<43)
        old.classify(makeAlert(5000, jd: 2_459_000.75), claim, 42, [1, 0, 0])
        #expect(try writer.write(old).classified == 1)
        let entry = try #require(try Quarantine(service).entries(limit: 1).first)
        var resolved = ResultBatch()
        resolved.classify(makeAlert(6000), claim, 41, [1, 0, 0])
        #expect(try writer.resolve(entry, with: resolved).classified == 1)
        #expect(try Account(from: service).closes)
        #expect(try database.closes())
    }

    @Test(arguments: [
        "DELETE FROM alert", "UPDATE alert SET jd = 0", "TRUNCATE skip", "DELETE FROM stream_offset",
        "DELETE FROM quarantine", "UPDATE quarantine SET payload = NULL", "UPDATE model SET classes = '{}'",
        "DROP TABLE batch", "CREATE TABLE mine (id integer)", "INSERT INTO migration (version, name) VALUES (99, 'x')",
        "SELECT retire_night('2026-11-24')", "SET ROLE apus_owner", "ALTER TABLE alert ADD mine integer",
    ])
    func theServiceCanDoNoMore(statement: String) {
        #expect(storeError { try service.execute(SQL(verbatim: statement)) }?.sqlState == Self.denied)
    }

    @Test func theOperatorReadsEverything() throws {
        let claim = try database.claim()
        _ = try database.writer().write(ResultBatch(claim, 0..<8) { $0 })
        let readable = try database.connection.query(
            """
            SELECT c.oid::regclass::text FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
            """)
        #expect(readable.rows.count == 17)
        for row in readable.rows {
            _ = try reader.query(SQL(verbatim: "SELECT * FROM \(try #require(row[0]))"))
        }
        #expect(try reader.query("SELECT count(*) FROM cone(123.456789, -12.3456789, 5)").scalar == "8")
        #expect(try Account(from: reader).closes)
    }

    @Test(arguments: [
        "INSERT INTO topic (name) VALUES ('mine')", "UPDATE stream_offset SET next_offset = 0", "DELETE FROM alert",
        "SELECT make_night_partitions('{2020-01-01}')", "SELECT retire_night('2026-11-24')",
        "CREATE TABLE mine (id integer)", "UPDATE model SET role = 'retired'",
    ])
    func theOperatorOnlyReads(statement: String) {
        #expect(storeError { try reader.execute(SQL(verbatim: statement)) }?.sqlState == Self.denied)
    }

    @Test func theOwnersMembersMigrateAndDropNights() throws {
        let claim = try database.claim()
        _ = try database.writer().write(ResultBatch(claim, 0..<8) { $0 })
        #expect(try Migrator(owner).migrate().isEmpty)
        #expect(try Migrator(owner).prepareConeSearch() == Migrator(database.connection).prepareConeSearch())
        #expect(try Retention(owner).drop("2026-11-24") == 8)
        #expect(try database.closes())
        let owners = try database.connection.query(
            """
            SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
            """)
        #expect(owners.rows == [["apus_owner"]])
    }
}

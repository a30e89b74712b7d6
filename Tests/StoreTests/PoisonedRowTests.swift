import Alerts
import Store
import Testing

struct PoisonedRowTests {
    @Test(arguments: [[UInt8]]([[0x5A, 0x00, 0x54], [0xFF, 0xFE], [0xC3], [0xED, 0xA0, 0x80]]))
    func anObjectIdThatIsNotTextIsQuarantinedAlone(bytes: [UInt8]) throws {
        let database = try Database()
        let claim = try database.claim()
        var batch = ResultBatch(claim, 0..<8) { $0 }
        batch.offsets[0].nextOffset = 9
        let id: ObjectId = try #require(bytes.withUnsafeBytes { ObjectId(utf8: $0) })
        batch.classify(makeAlert(1000, objectId: id), claim, 8, [0, 0, 1])
        let summary = try database.writer().write(batch)
        #expect(summary.classified == 6 && summary.skipped == 2 && summary.quarantined == 1)
        let stored = try database.connection.query("SELECT kafka_offset, alert_index, reason, payload FROM quarantine")
        #expect(stored.rows == [["8", "0", "invalid_object_id", nil]])
        #expect(try database.closes())
    }

    @Test func rowsThatTheDatabaseRefusesAreFoundAndQuarantined() throws {
        let database = try Database()
        // A rule of the operator's that the writer knows nothing of.
        try database.connection.execute(
            "ALTER TABLE alert ADD CONSTRAINT no_unlucky_ids CHECK (candid % 100 <> 13)")
        let claim = try database.claim()
        let summary = try database.writer().write(ResultBatch(claim, 0..<400) { $0 })
        #expect(summary.quarantined == 4 && summary.consumed == 400)
        let stored = try database.connection.query("SELECT kafka_offset, reason FROM quarantine ORDER BY kafka_offset")
        #expect(stored.rows == ["13", "113", "213", "313"].map { [$0, "refused_by_database"] })
        let details = try database.connection.query(
            "SELECT count(*) FROM quarantine WHERE detail LIKE '%no_unlucky_ids%23514%'")
        #expect(details.scalar == "4")
        #expect(try database.count("alert") == 396)
        #expect(try database.closes())
    }

    @Test func duplicatesAreStillFoundWhenABatchIsSplit() throws {
        let database = try Database()
        try database.connection.execute("ALTER TABLE alert ADD CHECK (candid <> 7)")
        let claim = try database.claim()
        let summary = try database.writer().write(ResultBatch(claim, 0..<64) { $0 % 16 })
        // Four alerts have the refused candid; of each other one, the first of four is stored.
        #expect(summary.quarantined == 4 && summary.duplicates == 45 && summary.consumed == 64)
        #expect(try database.count("alert") == 15)
        #expect(try database.closes())
    }

    @Test func anOutageInTheMiddleLeavesNothingAndQuarantinesNothing() throws {
        let database = try Database()
        try database.connection.execute(
            """
            CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$;
            CREATE TRIGGER full_disk BEFORE INSERT ON classification FOR EACH STATEMENT EXECUTE FUNCTION full_disk();
            """)
        let claim = try database.claim()
        let writer = try database.writer()
        let batch = ResultBatch(claim, 0..<100) { $0 }
        let before = try database.digest()
        let error = try #require(storeError { _ = try writer.write(batch) })
        #expect(error.isRetriable)
        #expect(error.description.contains("free disk space"))
        #expect(try database.digest() == before)
        #expect(try database.count("batch") == 0)
        try database.connection.execute("DROP TRIGGER full_disk ON classification")
        #expect(try writer.write(batch).consumed == 100)
        #expect(try database.count("quarantine") == 0)
        #expect(try database.closes())
    }

    @Test func aMissingRightIsNeitherAnOutageNorADataError() throws {
        let database = try Database()
        let claim = try database.claim()
        try database.connection.execute("DROP TABLE skip CASCADE")
        let error = storeError { _ = try database.writer().write(ResultBatch(claim, 0..<8) { $0 }) }
        #expect(error?.sqlState == SQLState("42P01"))
        #expect(error?.isRetriable == false && error?.isDataError == false)
        #expect(try database.count("alert") == 0)
    }
}

import Alerts
import Store
import Testing

struct ViewTests {
    @Test func theAccountFindsAClassificationThatIsMissing() throws {
        let database = try Database()
        let claim = try database.claim()
        _ = try database.writer().write(ResultBatch(claim, 0..<8) { $0 })
        #expect(try database.closes())
        try database.connection.execute("DELETE FROM classification WHERE candid = 2")
        let mismatches = try Account.mismatches(in: database.connection)
        #expect(mismatches.map(\.kind) == ["classified"])
        #expect(mismatches.map { [$0.counted, $0.stored] } == [[6, 5]])
    }

    @Test(arguments: [
        "DELETE FROM skip", "DELETE FROM quarantine", "DELETE FROM alert WHERE candid = 3",
        "UPDATE stream_offset SET consumed = consumed + 1", "DELETE FROM outcome_count WHERE name = 'duplicate'",
        "UPDATE stream_offset SET skipped = skipped + 1", "UPDATE stream_offset SET duplicates = duplicates + 1",
        "UPDATE skip SET reason = 'other' WHERE reason = 'duplicate'",
    ])
    func theAccountFindsWhateverWasTamperedWith(statement: String) throws {
        let database = try Database()
        let claim = try database.claim()
        var batch = ResultBatch(claim, 0..<9)
        for offset in Int64(0)..<8 { batch.skip(makeAlert(offset % 7), claim, offset, "too_few_points") }
        batch.quarantine(claim, 8, detail: "cut short", payload: [])
        _ = try database.writer().write(batch)
        #expect(try database.closes())
        try database.connection.execute(SQL(verbatim: statement))
        #expect(try !database.closes())
    }

    @Test func theAccountAddsUpPartitionsAndReasons() throws {
        let database = try Database()
        let writer = try database.writer()
        _ = try writer.write(ResultBatch(try database.claim("a", 0), 0..<8) { $0 })
        _ = try writer.write(ResultBatch(try database.claim("b", 5), 0..<12) { $0 })
        let account = try Account(from: database.connection)
        #expect(account.partitions.map(\.topic) == ["a", "b"])
        #expect(account.partitions.map(\.partition) == [0, 5])
        #expect(account.partitions.map(\.nextOffset) == [8, 12])
        #expect(account.consumed == 20 && account.classified == 9 && account.skipped == 11 && account.quarantined == 0)
        #expect(account.reasons.map(\.name) == ["duplicate", "too_few_points"])
        #expect(account.reasons.map(\.alerts) == [8, 3])
    }

    @Test func theLatestClassificationIsThatOfTheNewestAlertByAModelThatServes() throws {
        let database = try Database()
        let claim = try database.claim()
        let object = ObjectId("ZTF26aaaaaaa")
        var batch = ResultBatch(claim, 0..<2)
        batch.classify(makeAlert(1, objectId: object, jd: 2_461_369.75), claim, 0, [0, 1, 0])
        batch.classify(makeAlert(2, objectId: object, jd: 2_461_368.75), claim, 1, [1, 0, 0])
        _ = try database.writer().write(batch)
        let shadow = try ModelRegistry(database.connection).register(
            name: "other", sha256: String(repeating: "b", count: 64), preset: "grid-1", classes: Database.classes)
        let other = try database.claim("late", 0)
        var late = ResultBatch(other, 0..<1)
        late.classify(makeAlert(3, objectId: object, jd: 2_461_370.75), other, 0, [0, 0, 1])
        _ = try ResultWriter(database.connection, modelId: shadow).write(late)
        let latest = try database.connection.query("SELECT candid, top_class, model FROM object_latest")
        #expect(latest.rows == [["1", "TDE", "tokens"]])
    }

    @Test func theNightSummaryCountsAlerts() throws {
        let database = try Database()
        let claim = try database.claim()
        let object = ObjectId("ZTF26aaaaaaa")
        var batch = ResultBatch(claim, 0..<3)
        batch.classify(makeAlert(1, objectId: object), claim, 0, [0.5, 0.25, 0.25])
        batch.classify(makeAlert(2, objectId: object), claim, 1, [1, 0, 0])
        batch.classify(makeAlert(3), claim, 2, [0, 0, 1])
        _ = try database.writer().write(batch)
        let summary = try database.connection.query(
            "SELECT night, model, top_class, alerts, mean_probability FROM night_summary ORDER BY top_class")
        #expect(
            summary.rows == [
                ["2026-11-24", "tokens", "AGN", "1", "1"], ["2026-11-24", "tokens", "SNIa", "2", "0.75"],
            ])
    }
}

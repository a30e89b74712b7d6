import Alerts
import Dispatch
import Store
import Synchronization
import Testing

struct NightPartitionTests {
    private static let jd = 2_461_368.75  // 2026-11-24

    /// Each offset's alert, one a night, going back in time.
    private static func batch(_ claim: StreamOffsets.Claim, _ offsets: Range<Int64>, backFrom jd: Double) -> ResultBatch {
        var batch = ResultBatch(claim, offsets)
        for offset in offsets {
            batch.classify(makeAlert(offset, jd: jd - Double(offset)), claim, offset, [0.5, 0.25, 0.25])
        }
        return batch
    }

    @Test func everyNightHasItsPartitionAndTheLiveStreamTheNextOnes() throws {
        let database = try Database()
        let claim = try database.claim()
        _ = try database.writer().write(Self.batch(claim, 0..<40, backFrom: 2_459_000.75))
        let partitions = "pg_inherits WHERE inhparent = 'alert'::regclass"
        #expect(try database.count(partitions) == 41)
        #expect(try database.count("(SELECT DISTINCT tableoid FROM alert) AS used") == 40)

        let today = try database.connection.query("SELECT extract(julian FROM current_date) - 0.25").scalar
        var live = ResultBatch(claim, 40..<41)
        live.skip(makeAlert(1000, jd: try #require(today.flatMap { Double($0) })), claim, 40, "too_few_points")
        _ = try database.writer().write(live)
        #expect(try database.count(partitions) == 44)
        #expect(try database.closes())
    }

    @Test func severalWritersMakeTheSameNightsAtOnce() throws {
        let database = try Database()
        let claims = try (0..<4).map { try database.claim("alerts", $0) }
        let failures = Mutex<[String]>([])
        let (conninfo, modelId) = (database.conninfo, database.modelId)
        DispatchQueue.concurrentPerform(iterations: 4) { worker in
            do {
                let writer = try ResultWriter(Connection(conninfo), modelId: modelId)
                _ = try writer.write(Self.batch(claims[worker], 0..<30, backFrom: Self.jd))
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(try database.count("alert") == 30)
        #expect(try database.closes())
    }

    @Test func aCandidThatComesWithAnotherNightIsQuarantined() throws {
        let database = try Database()
        let claim = try database.claim()
        let writer = try database.writer()
        var batch = ResultBatch(claim, 0..<4)
        batch.classify(makeAlert(1, jd: Self.jd), claim, 0, [1, 0, 0])
        batch.classify(makeAlert(1, jd: Self.jd + 1), claim, 1, [1, 0, 0])  // in the same batch
        batch.classify(makeAlert(1, jd: Self.jd), claim, 2, [1, 0, 0])  // a plain duplicate
        batch.classify(makeAlert(2, jd: Self.jd), claim, 3, [1, 0, 0])
        let first = try writer.write(batch)
        #expect(first.classified == 2 && first.duplicates == 1 && first.quarantined == 1)
        var later = ResultBatch(claim, 4..<6)
        later.skip(makeAlert(2, jd: Self.jd - 1), claim, 4, "too_few_points")
        later.skip(makeAlert(3, jd: .nan), claim, 5, "too_few_points")
        let second = try writer.write(later)
        #expect(second.quarantined == 1 && second.skipped == 1)
        #expect(try database.count("alert") == 3)
        let entries = try database.connection.query(
            "SELECT kafka_offset, reason, detail FROM quarantine ORDER BY kafka_offset")
        #expect(
            entries.rows == [
                ["1", "candid_of_another_night", "alert 1 is stored with the night 2026-11-24 and came with 2026-11-25"],
                ["4", "candid_of_another_night", "alert 2 is stored with the night 2026-11-24 and came with 2026-11-23"],
            ])
        #expect(try database.closes())
    }

    @Test func anObjectsFirstNightIsItsEarliestInWhateverOrderTheyCome() throws {
        let database = try Database()
        let claim = try database.claim()
        let writer = try database.writer()
        let object = ObjectId("ZTF26aaaaaaa")
        for (offset, jd) in [Self.jd, Self.jd - 3, Self.jd + 1, .nan, Self.jd - 1].enumerated() {
            let offset = Int64(offset)
            var batch = ResultBatch(claim, offset..<offset + 1)
            batch.skip(makeAlert(offset, objectId: object, jd: jd), claim, offset, "too_few_points")
            _ = try writer.write(batch)
        }
        #expect(try database.connection.query("SELECT * FROM object").rows == [["ZTF26aaaaaaa", "2026-11-21"]])
    }

    @Test func oldNightsGoAndTheAccountStillCloses() throws {
        let database = try Database()
        let claim = try database.claim()
        let writer = try database.writer()
        var batch = Self.batch(claim, 0..<10, backFrom: Self.jd)
        batch.offsets[0].nextOffset = 13
        batch.skip(makeAlert(100, jd: Self.jd - 9), claim, 10, "too_few_points")
        batch.skip(makeAlert(9, jd: Self.jd - 9), claim, 11, "too_few_points")  // a duplicate of an old night
        batch.skip(makeAlert(101, jd: .nan), claim, 12, "no_jd")
        _ = try writer.write(batch)
        let retention = Retention(database.connection)
        #expect(try retention.nights(keeping: 8) == ["2026-11-15", "2026-11-16"])
        #expect(try retention.nights(keeping: 8).map { try retention.drop($0) } == [2, 1])
        #expect(try retention.nights(keeping: 8) == [])
        #expect(try database.count("alert") == 9)
        #expect(try database.count("candid_night") == 9)
        #expect(try database.closes())
        let account = try database.connection.query("SELECT consumed, classified, skipped, retired FROM stream_account")
        #expect(account.rows == [["13", "10", "3", "4"]])
        #expect(try database.connection.query("SELECT count(DISTINCT night) FROM night_summary").scalar == "10")

        // The writer still believes that the night is there; its alerts are stored anew.
        var again = ResultBatch(claim, 13..<14)
        again.classify(makeAlert(9, jd: Self.jd - 9), claim, 13, [1, 0, 0])
        let summary = try writer.write(again)
        #expect(summary.classified == 1 && summary.quarantined == 0)
        #expect(try database.closes())
    }

    @Test func anAlertFromTheFutureDoesNotPushTheOthersOut() throws {
        let database = try Database()
        let claim = try database.claim()
        var batch = ResultBatch(claim, 0..<2)
        batch.skip(makeAlert(1, jd: Self.jd), claim, 0, "too_few_points")
        batch.skip(makeAlert(2, jd: 2_480_000.5), claim, 1, "too_few_points")
        _ = try database.writer().write(batch)
        let kept = try #require(
            Int(database.connection.query("SELECT greatest(1, current_date - '2026-11-24') + 1").scalar ?? ""))
        #expect(try Retention(database.connection).nights(keeping: kept) == [])
        #expect(storeError { _ = try Retention(database.connection).nights(keeping: 0) } != nil)
    }

    @Test func rowsOfANightThatTamperingRemovedStayMissingAfterItIsDropped() throws {
        let database = try Database()
        let claim = try database.claim()
        _ = try database.writer().write(Self.batch(claim, 0..<3, backFrom: Self.jd))
        try database.connection.execute("DELETE FROM classification WHERE candid = 2; DELETE FROM alert WHERE candid = 2")
        _ = try Retention(database.connection).drop("2026-11-22")
        #expect(try Account.mismatches(in: database.connection).map(\.night) == ["2026-11-22", "2026-11-22"])
    }
}

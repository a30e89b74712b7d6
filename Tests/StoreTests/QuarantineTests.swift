import Store
import Testing

struct QuarantineTests {
    /// Entries of offset 0 (damaged, bytes [1, 2]) and 1 (unknown_schema_id, bytes of the given length).
    private static func filled(_ database: Database, length: Int = 4) throws -> StreamOffsets.Claim {
        let claim = try database.claim("alerts", 3)
        var batch = ResultBatch(claim, 0..<3)
        batch.quarantine(claim, 0, detail: "older", payload: [1, 2])
        let source = ResultBatch.Source(claim, 1, ResultBatch.Source.wholeMessage)
        [UInt8](repeating: 7, count: length).withUnsafeBytes {
            batch.quarantined.append(.init(source: source, reason: "unknown_schema_id", detail: "newer", payload: $0))
        }
        batch.classify(makeAlert(100), claim, 2, [1, 0, 0])
        _ = try database.writer().write(batch)
        return claim
    }

    @Test func anEntryIsListedAndItsBytesComeBack() throws {
        let database = try Database()
        let claim = try database.claim("alerts", 3)
        let payload = (0...255).map { UInt8($0) }
        var batch = ResultBatch(claim, 0..<2)
        batch.quarantine(claim, 0, detail: "older", payload: [])
        batch.quarantine(claim, 1, detail: "newer", payload: payload)
        _ = try database.writer().write(batch)
        let quarantine = Quarantine(database.connection)
        #expect(try quarantine.entries(limit: 10).map(\.detail) == ["newer", "older"])
        let newest = try #require(try quarantine.entries(limit: 1).first)
        #expect(newest.topic == "alerts" && newest.partition == 3 && newest.offset == 1 && newest.alertIndex == -1)
        #expect(newest.reason == "damaged" && newest.payloadLength == 256 && newest.isWhole)
        #expect(newest.timestampMs == 1_795_500_000_001)
        #expect(try quarantine.entry(newest.id) == newest)
        #expect(try quarantine.entry(-1) == nil)
        #expect(try quarantine.payload(of: newest.id) == payload)
        #expect(try quarantine.payload(of: -1) == nil)
    }

    @Test func entriesAreChosenByReasonAndTopic() throws {
        let database = try Database()
        _ = try Self.filled(database)
        let quarantine = Quarantine(database.connection)
        #expect(try quarantine.entries(reason: "damaged", limit: 10).map(\.detail) == ["older"])
        #expect(try quarantine.entries(topic: "alerts", limit: 10).count == 2)
        #expect(try quarantine.entries(topic: "others", limit: 10).isEmpty)
        #expect(try quarantine.entries(reason: "x' OR true --", limit: 10).isEmpty)
    }

    @Test func aMessageThatWasCutIsNotWhole() throws {
        let database = try Database()
        _ = try Self.filled(database, length: ResultBatch.payloadLimit + 1)
        let entry = try #require(try Quarantine(database.connection).entries(limit: 1).first)
        #expect(!entry.isWhole && entry.keptLength == Int64(ResultBatch.payloadLimit))
    }

    @Test func aResolvedMessageHasItsAlertsAndTheAccountCloses() throws {
        let database = try Database()
        let claim = try Self.filled(database)
        let quarantine = Quarantine(database.connection)
        let entry = try #require(try quarantine.entries(reason: "unknown_schema_id", limit: 1).first)
        var batch = ResultBatch()
        batch.classify(makeAlert(1), claim, 1, [0, 1, 0], index: 0)
        batch.skip(makeAlert(2), claim, 1, "too_few_points", index: 1)
        batch.classify(makeAlert(100), claim, 1, [0, 1, 0], index: 2)  // another offset brought it meanwhile
        let writer = try database.writer()
        let summary = try writer.resolve(entry, with: batch)
        #expect(summary.classified == 1 && summary.skipped == 2 && summary.duplicates == 1)
        #expect(try database.closes())
        let account = try #require(try Account(from: database.connection).partitions.first)
        #expect(account.consumed == 5 && account.quarantined == 1 && account.nextOffset == 3)
        #expect(try quarantine.entries(limit: 10).map(\.reason) == ["damaged"])
        #expect(try quarantine.entries(isOpen: false, limit: 10).count == 2)
        #expect(try quarantine.entry(entry.id)?.resolvedAt != nil)

        let before = try database.digest()
        #expect(try writer.resolve(entry, with: batch).wasAlreadyWritten)
        #expect(try database.digest() == before)
        // The stream goes on where it was.
        #expect(try writer.write(ResultBatch(claim, 3..<5) { $0 + 1000 }).consumed == 2)
        #expect(try database.closes())
    }

    @Test func anAlertThatCannotBeStoredLeavesTheEntryOpen() throws {
        let database = try Database()
        let claim = try Self.filled(database)
        let quarantine = Quarantine(database.connection)
        let entry = try #require(try quarantine.entries(reason: "damaged", limit: 1).first)
        var batch = ResultBatch()
        batch.classify(makeAlert(1), claim, 0, [0, 1, 0], index: 0)
        batch.skip(makeAlert(100, jd: 2_461_360.75), claim, 0, "too_few_points", index: 1)
        let before = try database.digest()
        guard case .invalidBatch(let reason) = storeError({ _ = try database.writer().resolve(entry, with: batch) }) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("2026-11-24") && reason.contains("2026-11-16"))
        #expect(try database.digest() == before)
        #expect(try quarantine.entries(limit: 10).count == 2)
        #expect(try database.closes())
    }
}

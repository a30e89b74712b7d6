import Store
import Testing

struct QuarantineTests {
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
        #expect(newest.reason == "damaged" && newest.payloadLength == 256)
        #expect(try quarantine.payload(of: newest.id) == payload)
        #expect(try quarantine.payload(of: -1) == nil)
    }
}

import Alerts
import AvroCoding
import Foundation
import TestSupport
import Testing

@Suite struct ReplayTests {
    private func messages(_ path: String) throws -> [[UInt8]] {
        let reader = try MessageReader(path: path)
        var messages: [[UInt8]] = []
        var message: [UInt8] = []
        while try reader.next(into: &message) { messages.append(message) }
        #expect(message.isEmpty && reader.fractionRead == 1)
        return messages
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func `A file with one record is a message as it is`() throws {
        #expect(try messages(SharedData.path(packetPath)) == [sharedBytes(packetPath)])
    }

    @Test(
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)),
        arguments: ["alerts/ztf/fink/3.3", "alerts/ztf/repacked/3.2", "alerts/ztf/raw/3.3", "alerts/lsst/v7_4"])
    func `The messages of a file hold the alerts of the file`(folder: String) throws {
        let paths = try sharedFiles(below: folder)
        let decoder = AlertDecoder()
        for path in paths {
            var whole = AlertBatch()
            let file = try AlertFile(path: path)
            while try file.readBlock(using: decoder, into: &whole) != nil {}
            var single = AlertBatch()
            for message in try messages(path) { #expect(try decoder.decode(message, into: &single) == 1) }
            #expect(whole.count > 0)
            #expect(jsonLines(single, file: "") == jsonLines(whole, file: ""))
        }
    }

    @Test(
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)),
        arguments: [
            (packetPath, Int64(1)), (packetPath, .max),
            ("alerts/ztf/raw/4.02/boom__ZTF18abudxnw_2695378462115010012.avro", -1),
            ("alerts/ztf/repacked/3.2/alerce__ZTF17aaakkav_None.avro", 300),
        ])
    func `A rewritten message has the new candid, shifted times and all else unchanged`(
        path: String, candid: Int64
    ) throws {
        let original = try #require(try messages(SharedData.path(path)).first)
        var rewritten: [UInt8] = []
        let rewriter = RecordRewriter()
        try rewriter.rewrite(original.span.bytes, candid: candid, jdShift: 32, into: &rewritten)
        let decoder = AlertDecoder()
        var before = AlertBatch()
        var after = AlertBatch()
        #expect(try decoder.decode(original, into: &before) == 1)
        #expect(try decoder.decode(rewritten, into: &after) == 1)
        var expected = AlertBatch()
        for index in 0..<before.detections.count {
            var row = before.detections[index]
            row.jd += 32
            expected.detections.append(row)
        }
        var alert = before.alerts[0]
        alert.candid = candid
        alert.jd += 32
        alert.jdstarthist += 32
        expected.alerts.append(alert)
        #expect(jsonLines(after, file: "") == jsonLines(expected, file: ""))
        // And back: the same bytes. 32 days is exact in a jd's binary fraction.
        var restored: [UInt8] = []
        try rewriter.rewrite(rewritten.span.bytes, candid: before.alerts[0].candid, jdShift: -32, into: &restored)
        #expect(restored == original)
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func `A message of many alerts cannot be rewritten`() throws {
        let bytes = try sharedBytes("alerts/ztf/raw/3.3/fink__multi3_avro_multi_alerts_other.avro")
        var rewritten: [UInt8] = []
        let error = #expect(throws: AvroError.self) {
            try RecordRewriter().rewrite(bytes.span.bytes, candid: 1, jdShift: 0, into: &rewritten)
        }
        #expect(error == .notOneRecord(count: 3))
    }

    @Test func `A block of more records than bytes is an error, not a message for ever`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "avro-\(UUID().uuidString).avro").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var bytes: [UInt8] = []
        ContainerWriter(schema: "\"null\"", codec: .null, seed: 1).appendHeader(to: &bytes)
        let sync = bytes.suffix(16)
        // 2^55 records, a block of no bytes.
        bytes += [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0] + sync
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let reader = try MessageReader(path: path)
        var message: [UInt8] = []
        let error = #expect(throws: AvroError.self) { try reader.next(into: &message) }
        #expect(error?.kind == "length_beyond_end")
    }

    @Test func `A file that is not there, or is a folder, or is empty is an error`() {
        let folder = FileManager.default.temporaryDirectory.path
        #expect(throws: AvroError.self) { try MessageReader(path: folder + "/no-such-file.avro") }
        #expect(throws: AvroError.self) { try AlertFile(path: folder) }
        let error = #expect(throws: AvroError.self) { try AlertFile(path: "/dev/null") }
        #expect(error?.kind == "unreadable")
    }
}

import Alerts
import AvroCoding
import Foundation
import TestSupport
import Testing
import Workload

@Suite("Alert source on real packets", .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
struct SharedDataSourceTests {
    static func files(below folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".avro") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { folder + "/" + $0 }
    }

    @Test("every ZTF packet comes once, in order, with the values of its file")
    func everyPacketOnce() throws {
        let folder = try SharedData.path("alerts/ztf/raw")
        let files = try Self.files(below: folder)
        let found = try messages([folder])
        let decoder = AlertDecoder()
        var rest = found[...]
        for path in files {
            let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            var direct = AlertBatch()
            let count = try decoder.decode(file.span.bytes, into: &direct)
            var read = AlertBatch()
            for message in rest.prefix(count) {
                #expect(message.origin.path == path && message.origin.damage == nil)
                #expect(try decoder.decode(message.bytes.span.bytes, into: &read) == 1)
            }
            rest = rest.dropFirst(count)
            #expect("\(read)" == "\(direct)")
        }
        #expect(rest.isEmpty)
        #expect(files.count == 280)
    }

    @Test("a tar or tar.gz of the packets gives identical messages", arguments: ["-cf", "-czf"])
    func tarOfPackets(flags: String) throws {
        let folder = try SharedData.path("alerts/ztf/raw")
        let temporary = try TemporaryFolder()
        let archive = temporary.file(flags == "-cf" ? "a.tar" : "a.tar.gz")
        // In the order of bytes, as the folder is read.
        let names = try Self.files(below: folder).map { String($0.dropFirst(folder.count + 1)) }
        try temporary.write("names", Array(names.joined(separator: "\n").utf8))
        try run("tar", [flags, archive, "-C", folder, "-T", temporary.file("names")], in: temporary.path)
        let fromTar = try messages([archive])
        let fromFolder = try messages([folder])
        #expect(fromTar.map(\.bytes) == fromFolder.map(\.bytes))
        #expect(fromTar.map { folder + "/" + ($0.origin.member ?? "") } == fromFolder.map(\.origin.path))
        #expect(fromTar.map(\.origin.record) == fromFolder.map(\.origin.record))
    }

    @Test("Confluent frames come as they are")
    func frames() throws {
        for path in try Self.files(below: SharedData.path("alerts/lsst/misc")) {
            let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            guard file.first == 0 else { continue }
            let found = try messages([path])
            #expect(found.map(\.bytes) == [file])
            #expect(found.first?.origin.damage == nil)
        }
    }

    @Test("a file of many alerts gives one message an alert, together the file's alerts")
    func manyRecords() throws {
        let decoder = AlertDecoder()
        var most = 0
        for path in try Self.files(below: SharedData.path("alerts/ztf/fink")) {
            let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            var whole = AlertBatch()
            let count = try decoder.decode(file.span.bytes, into: &whole)
            var parts = AlertBatch()
            let found = try messages([path])
            for message in found { #expect(try decoder.decode(message.bytes.span.bytes, into: &parts) == 1) }
            #expect(found.count == count)
            #expect(found.map(\.origin.record) == Array(1...count))
            #expect("\(parts)" == "\(whole)")
            most = max(most, count)
        }
        #expect(most > 1)
    }
}

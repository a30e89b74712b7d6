import Alerts
import AvroCoding
import Foundation
import Testing
import Workload

@Suite("Simulation writer")
struct SimulationWriterTests {
    static let configuration = SimulatorConfiguration(seed: 4, alertCount: 250, nights: 10)

    static func contents(_ folder: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            files[name] = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
        }
        return files
    }

    /// The values of all alerts in a folder, in the order they are read.
    static func alerts(_ folder: String) throws -> AlertBatch {
        let decoder = AlertDecoder()
        var batch = AlertBatch()
        for message in try messages([folder]) {
            #expect(try decoder.decode(message.bytes.span.bytes, into: &batch) == 1)
        }
        return batch
    }

    @Test("one seed gives the same files to the byte", arguments: [1, 100], [ContainerWriter.Codec.null, .deflate])
    func deterministic(alertsPerFile: Int, codec: ContainerWriter.Codec) throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b"] {
            let writer = SimulationWriter(folder: folder.file(name), alertsPerFile: alertsPerFile, codec: codec)
            _ = try writer.write(Self.configuration)
        }
        let first = try Self.contents(folder.file("a"))
        #expect(first.count == (alertsPerFile == 1 ? 251 : 4))
        #expect(try Self.contents(folder.file("b")) == first)
    }

    @Test("many alerts a file read back as many messages of one alert, the simulated ones", arguments: [1, 7, 250, 1_000])
    func readBack(alertsPerFile: Int) throws {
        let folder = try TemporaryFolder()
        let target = folder.file("night")
        let summary = try SimulationWriter(folder: target, alertsPerFile: alertsPerFile, codec: .deflate)
            .write(Self.configuration)
        #expect(summary.alertCount == 250)
        #expect(summary.fileCount == (250 + alertsPerFile - 1) / alertsPerFile)
        let read = try Self.alerts(target)
        var simulator = try Simulator(configuration: Self.configuration)
        var expected = AlertBatch()
        while simulator.next(into: &expected) != nil {}
        #expect("\(read.alerts)" == "\(expected.alerts)")
        #expect("\(read.detections)" == "\(expected.detections)")
    }

    @Test("the labels name every alert once, in order, with its kind and damage")
    func labels() throws {
        let folder = try TemporaryFolder()
        var configuration = Self.configuration
        configuration.badPacketFraction = 0.2
        let summary = try SimulationWriter(folder: folder.file("night")).write(configuration)
        let text = try String(contentsOfFile: folder.file("night/labels.csv"), encoding: .utf8)
        let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(lines.first == ["candid", "objectId", "label", "damage"])
        var stream = try SimulatedStream(configuration: configuration)
        var bytes: [UInt8] = []
        for line in lines.dropFirst() {
            let truth = try #require(try stream.next(into: &bytes))
            let damage = truth.damage?.label ?? ""
            #expect(line.map(String.init) == ["\(truth.candid)", "\(truth.objectId)", truth.kind.label, damage])
        }
        #expect(lines.count == 251)
        #expect(summary.damageCounts == stream.damage.counts)
        #expect(summary.damageCounts.reduce(0, +) == lines.count { $0[3] != "" } - 1)
    }

    @Test("a folder with something in it is left alone")
    func notEmpty() throws {
        let folder = try TemporaryFolder()
        try folder.write("mine.txt", [1])
        #expect(throws: WorkloadError.self) { try SimulationWriter(folder: folder.path).write(Self.configuration) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["mine.txt"])
    }

    @Test("damaged packets in files of many alerts are refused before anything is written")
    func refusesDamagedContainers() throws {
        let folder = try TemporaryFolder()
        var configuration = Self.configuration
        configuration.badPacketFraction = 0.1
        let writer = SimulationWriter(folder: folder.file("x"), alertsPerFile: 10)
        #expect(throws: WorkloadError.self) { try writer.write(configuration) }
        #expect(!FileManager.default.fileExists(atPath: folder.file("x")))
    }

    @Test("of a container that is cut off the good records come first, then the whole file once with the reason")
    func cutContainer() throws {
        let folder = try TemporaryFolder()
        // Enough for several blocks.
        _ = try SimulationWriter(folder: folder.file("night"), alertsPerFile: 250).write(Self.configuration)
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("night/alerts-000001.avro"))))
        let good = try messages([folder.file("night/alerts-000001.avro")])
        let cut = try folder.write("cut.avro", Array(whole.dropLast(20)))
        try run("tar", ["-cf", "cut.tar", "cut.avro"], in: folder.path)
        for path in [cut, folder.file("cut.tar")] {
            let found = try messages([path])
            let last = try #require(found.last)
            #expect(last.bytes == Array(whole.dropLast(20)))
            #expect(last.origin.damage != nil)
            #expect(found.count > 1 && found.count <= good.count)
            #expect(found.dropLast().map(\.bytes) == good.prefix(found.count - 1).map(\.bytes))
            #expect(found.map(\.origin.record) == Array(1...found.count))
        }
    }
}

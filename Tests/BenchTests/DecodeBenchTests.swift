import AvroCoding
import Bench
import Foundation
import TestSupport
import Testing

@Suite struct DecodeBenchTests {
    private func measure(_ packets: [[UInt8]], _ change: (inout DecodeBench.Configuration) -> Void = { _ in }) throws
        -> DecodeReport
    {
        let folder = try Shell.temporaryFolder("bench")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (index, packet) in packets.enumerated() {
            try Data(packet).write(to: folder.appending(path: "\(index).avro"))
        }
        var configuration = DecodeBench.Configuration()
        configuration.repetitions = 2
        configuration.secondsPerRepetition = 0.001
        configuration.coldBytes = 1 << 20
        change(&configuration)
        var bench = try DecodeBench(paths: [folder.path], configuration)
        return try bench.run()
    }

    @Test func `apus and libavro are measured on the same packets, once they agree on them`() throws {
        let packets = try encodedPackets(seed: 3)
        let report = try measure(packets)
        let apus = report.lines.filter { $0.decoder == "apus" }
        #expect(apus.map(\.buffers) == ["hot", "cold"])
        let libavro = report.lines.filter { $0.decoder.hasPrefix("libavro") }
        #expect(libavro.count == 3)
        for line in report.lines {
            #expect(line.alertsPerSecond.count == 2)
            #expect(line.alertsPerSecond.allSatisfy { $0 > 0 })
            #expect(line.bestAlertsPerSecond >= line.medianAlertsPerSecond)
        }
        for line in libavro {
            let ratio = try #require(report.ratios[line.decoder])
            #expect(ratio == apus[0].medianAlertsPerSecond / line.medianAlertsPerSecond)
        }
        #expect(report.packets.files == 41)
        // 0 to 40 rows of history and each alert's own.
        #expect(report.packets.rows == 40 * 41 / 2 + 41)
        #expect(report.coldBytes <= 1 << 20)
    }

    @Test func `Peers can be left out`() throws {
        let packets = Array(try encodedPackets(seed: 4).prefix(2))
        let report = try measure(packets) { $0.measuresPeers = false }
        #expect(report.lines.count == 2 && report.skipped.isEmpty && report.ratios.isEmpty)
    }

    @Test(.enabled(if: AllocationCounter.isAvailable, "allocations are counted on glibc, without sanitizers"))
    func `The report counts allocations: some at first, none per alert`() throws {
        let report = try measure(encodedPackets(seed: 5)) { $0.measuresPeers = false }
        let allocations = try #require(report.allocations)
        #expect(allocations.first > 0)
        #expect(allocations.perAlert == 0)
        #expect(allocations.alerts >= 1000)
    }

    @Test func `What is no packet is an error that names the file`() throws {
        let folder = try Shell.temporaryFolder("bench")
        defer { try? FileManager.default.removeItem(at: folder) }
        func failure() -> String {
            let error = #expect(throws: BenchError.self) { _ = try DecodeBench(paths: [folder.path], .init()) }
            return error.map { "\($0)" } ?? ""
        }
        #expect(failure().contains(folder.path))
        try Data("no packet".utf8).write(to: folder.appending(path: "text.avro"))
        #expect(failure().contains("text.avro"))
        var writer = ContainerWriter(schema: ZTFSchema.simulated, codec: .deflate, seed: 1)
        var compressed: [UInt8] = []
        writer.appendHeader(to: &compressed)
        try writer.append([1, 2, 3], to: &compressed)
        try writer.finish(to: &compressed)
        try Data(compressed).write(to: folder.appending(path: "text.avro"))
        #expect(failure().contains("compressed"))
    }
}

import Alerts
import Bench
import Foundation
import LightCurves
import TestSupport
import Testing

@Suite struct RegridBenchTests {
    private func configuration(_ change: (inout RegridBench.Configuration) -> Void = { _ in }) -> RegridBench.Configuration {
        var configuration = RegridBench.Configuration()
        configuration.points = [4, 12]
        configuration.curves = 12
        configuration.batch = 5
        configuration.repetitions = 2
        configuration.secondsPerRepetition = 0.001
        configuration.measuresPeers = false
        configuration.peerCurves = 5
        change(&configuration)
        return configuration
    }

    @Test func `Every number of points is measured with every number of threads`() throws {
        let report = try RegridBench(configuration()).run()
        let lines = report.lines.map { "\($0.engine) \($0.points) \($0.queue) \($0.threads)" }
        let expected = [4.0, 12.0].flatMap { (points: Double) in
            [("lanes", 12), ("lanes", 5), ("plain", 1)].flatMap { engine, queue in
                [1, 2].map { "apus, \(engine) \(points) \(queue) \($0)" }
            }
        }
        #expect(lines == expected)
        for line in report.lines {
            #expect(line.set == "simulated")
            #expect(line.microseconds.count == 2 && line.microseconds.allSatisfy { $0 > 0 && $0.isFinite })
            #expect(line.bestMicroseconds <= line.medianMicroseconds)
            #expect((line.timesOneThread != nil) == (line.threads == 2) && line.timesPeer == nil)
        }
        #expect(report.lines[1].timesOneThread == report.lines[0].bestMicroseconds / report.lines[1].bestMicroseconds)
        #expect(report.table.count { $0.contains("simulated") } == 12 + 4 + 2)
        #expect(report.skipped.isEmpty)
    }

    @Test(.enabled(if: AllocationCounter.isAvailable, "allocations are counted on glibc, without sanitizers"))
    func `Regridding allocates nothing once its buffers have grown`() throws {
        let report = try RegridBench(configuration()).run()
        #expect(report.allocations.map(\.perAlert) == [0, 0, 0, 0])
    }

    @Test func `Simulated curves have the points asked for, in both bands, and follow from the seed`() throws {
        let curves = SimulatedCurves.make(count: 200, points: 30, seed: 1)
        #expect(curves.count == 200)
        var rises = 0
        for curve in curves {
            #expect(curve.count == 30 && curve.isFinite && Set(curve.band) == [.g, .r])
            #expect(curve.mjd == curve.mjd.sorted() && curve.fluxErr.allSatisfy { $0 > 0 })
            let peak = try #require(curve.flux.max())
            // A transient: its brightest point is well above its error.
            if let index = curve.flux.firstIndex(of: peak), peak > 10 * curve.fluxErr[index], index > 0 { rises += 1 }
        }
        #expect(rises > 100)
        #expect(SimulatedCurves.make(count: 3, points: 30, seed: 1).map(\.flux) == curves.prefix(3).map(\.flux))
        #expect(SimulatedCurves.make(count: 3, points: 30, seed: 2).map(\.flux) != curves.prefix(3).map(\.flux))
        #expect(SimulatedCurves.make(count: 1, points: 2, seed: 1).map { Set($0.band) } == [[.g, .r]])
    }

    @Test func `Curves of alert files are measured too; what has none is an error that says so`() throws {
        let folder = try Shell.temporaryFolder("bench")
        defer { try? FileManager.default.removeItem(at: folder) }
        let packets = try encodedPackets(seed: 6)
        try Data(packets[0]).write(to: folder.appending(path: "one-point.avro"))
        let error = #expect(throws: BenchError.self) { _ = try RegridBench(paths: [folder.path], configuration()) }
        #expect(error.map { "\($0)" }?.contains("has a light curve") == true)
        try Data(packets[30]).write(to: folder.appending(path: "30.avro"))
        try Data(packets[40]).write(to: folder.appending(path: "40.avro"))
        let report = try RegridBench(paths: [folder.path], configuration { $0.points = [] }).run()
        #expect(report.lines.map(\.set) == Array(repeating: "files", count: 6))
        #expect(report.lines.allSatisfy { (15...41).contains($0.points) })
    }

    @Test(.enabled(if: George.isPresent, "needs a Python with george and scipy (APUS_PYTHON)"))
    func `george and SciPy find the same optima before their time counts`() throws {
        let report = try RegridBench(configuration { $0.measuresPeers = true }).run()
        #expect(report.skipped.isEmpty && report.peerVersions?.contains("george") == true)
        #expect(report.agreements.map(\.points) == [4, 4, 12, 12])
        for agreement in report.agreements where agreement.engine == "george + scipy" {
            #expect(agreement.curves == 5 && abs(agreement.equal + agreement.better + agreement.worse - 1) < 1e-9)
            #expect(agreement.medianDifference < 1e-6)
        }
        let george = report.lines.filter { $0.engine == "george + scipy" }
        #expect(george.map(\.points) == [4, 12] && george.allSatisfy { $0.threads == 1 && $0.timesPeer == nil })
        #expect(report.lines[0].timesPeer == george[0].bestMicroseconds / report.lines[0].bestMicroseconds)
    }
}

private enum George {
    static let isPresent: Bool = {
        let python = ProcessInfo.processInfo.environment["APUS_PYTHON"] ?? "python3"
        return (try? Shell.run("/usr/bin/env", python, "-c", "import george, scipy")) != nil
    }()
}

import Foundation
import LightCurves
import Telemetry

/// Measures what fitting and regridding a light curve costs, beside george and SciPy on the same curves in one run.
public struct RegridBench {
    public struct Configuration: Sendable {
        /// Points of the simulated curves.
        public var points = [10, 20, 30, 50, 100]
        /// Curves in a deep queue.
        public var curves = 4000
        /// Curves in a service's batch.
        public var batch = 500
        public var threads = [1, 2]
        public var repetitions = 7
        /// Least time of one repetition of one engine.
        public var secondsPerRepetition = 0.5
        public var measuresPeers = true
        public var seed: UInt64 = 1
        /// Curves that the peers are given.
        public var peerCurves = 100

        public init() {}
    }

    private let configuration: Configuration
    private let sets: [CurveSet]

    /// Makes the simulated curves, and reads those of `paths`: alert files, or folders of `.avro` files.
    public init(paths: [String] = [], _ configuration: Configuration) throws {
        self.configuration = configuration
        var sets = configuration.points.map {
            CurveSet(simulated: $0, count: configuration.curves, seed: configuration.seed)
        }
        if !paths.isEmpty { sets.append(try CurveSet(paths: paths, count: configuration.curves)) }
        self.sets = sets
    }

    /// Measures everything, set by set.
    public func run() throws -> RegridReport {
        var report = RegridReport(
            machine: .current(), curves: configuration.curves, batch: configuration.batch, seed: configuration.seed,
            repetitions: configuration.repetitions, secondsPerRepetition: configuration.secondsPerRepetition)
        var peer: GeorgePeer?
        if configuration.measuresPeers {
            peer = GeorgePeer()
            if peer == nil { report.skipped.append("\(GeorgePeer.name): left out, python3 with george and scipy is not there") }
        }
        for set in sets {
            for engine in RegridEngine.allCases { measure(engine, set, &report) }
            guard let peer else { continue }
            try measure(peer, set, &report)
        }
        report.peerVersions = peer?.versions
        report.computeRatios()
        return report
    }

    private func measure(_ engine: RegridEngine, _ set: CurveSet, _ report: inout RegridReport) {
        var cases: [(threads: Int, batch: Int, times: [Double])] = []
        for batch in engine.batches(of: set.curves.count, and: configuration.batch) {
            for threads in configuration.threads { cases.append((threads, batch, [])) }
        }
        let workers = cases.map { RegridCrew(engine, set.curves, threads: $0.threads, batch: $0.batch) }
        // The first round warms up and is not counted; cases take turns.
        for round in 0...configuration.repetitions {
            for index in cases.indices {
                let time = workers[index].microsecondsPerCurve(seconds: configuration.secondsPerRepetition)
                if round > 0 { cases[index].times.append(time) }
            }
        }
        for measured in cases {
            report.append(engine.name, set, threads: measured.threads, queue: measured.batch, measured.times)
        }
        report.allocations.append(allocations(of: engine, set))
        guard engine != .plain else { return }
        let curves = Array(set.curves.prefix(configuration.peerCurves))
        let optima = engine.worker(curves, batch: curves.count).negativeLogLikelihoods()
        report.agreements.append(agreement(of: engine.name, optima, on: curves, set))
    }

    /// Heap allocations of a worker that has seen all its curves once.
    private func allocations(of engine: RegridEngine, _ set: CurveSet) -> RegridReport.Allocations {
        let curves = Array(set.curves.prefix(configuration.batch))
        let worker = engine.worker(curves, batch: configuration.batch)
        func pass() -> Int {
            var done = 0
            while done < curves.count { done += worker.regridNext() }
            return done
        }
        let curvesSeen = pass()
        let count = AllocationCounter.count { _ = pass() }
        return .init(engine: engine.name, set: set.name, points: set.points, perAlert: count.map { Double($0) / Double(curvesSeen) })
    }

    /// The peer's times, once it has found the optima that the plain engine finds.
    private func measure(_ peer: GeorgePeer, _ set: CurveSet, _ report: inout RegridReport) throws {
        let curves = Array(set.curves.prefix(configuration.peerCurves))
        let outcome = try peer.run(
            curves, repetitions: configuration.repetitions, seconds: configuration.secondsPerRepetition)
        let agreement = agreement(of: GeorgePeer.name, outcome.negativeLogLikelihoods.map { $0 ?? .nan }, on: curves, set)
        guard agreement.equal >= 0.9 else {
            throw BenchError.disagreement(peer: GeorgePeer.name, reason: "only \(agreement.equal * 100) % of the optima are the same")
        }
        report.agreements.append(agreement)
        report.append(GeorgePeer.name, set, threads: 1, queue: 1, outcome.microseconds)
    }

    /// Compares optima with those of the plain engine for the same curves of a set; one that is missing counts as worse.
    private func agreement(
        of name: String, _ optima: [Double], on curves: [LightCurve], _ set: CurveSet
    ) -> RegridReport.Agreement {
        let expected = RegridEngine.plain.worker(curves, batch: curves.count).negativeLogLikelihoods()
        let differences = expected.enumerated().map { index, value in (index < optima.count ? optima[index] : .nan) - value }
        return .init(engine: name, set: set.name, points: set.points, differences)
    }
}

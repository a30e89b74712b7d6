/// What `RegridBench` measured.
public struct RegridReport: Codable, Sendable {
    public struct Line: Codable, Sendable {
        public var engine: String
        /// `simulated`, or `files`.
        public var set: String
        /// Points of a curve, in the mean.
        public var points: Double
        public var threads: Int
        /// Curves that the engine is given at once.
        public var queue: Int
        /// Wall time over the number of curves, of all threads together.
        public var medianMicroseconds: Double
        public var bestMicroseconds: Double
        public var microseconds: [Double]
        /// Best time of the peer with the same curves over this one's best; nil where it did not run.
        public var timesPeer: Double?
        /// Best time of the same case with one thread over this one's best; nil for one thread.
        public var timesOneThread: Double?
    }

    public struct Allocations: Codable, Sendable {
        public var engine: String
        public var set: String
        public var points: Double
        /// In steady state; nil where allocations cannot be counted.
        public var perAlert: Double?
    }

    /// How an engine's optima differ from the plain engine's, in -ln L.
    public struct Agreement: Codable, Sendable {
        public var engine: String
        public var set: String
        public var points: Double
        public var curves: Int
        public var medianDifference: Double
        /// Parts of the curves: within 1e-3; lower by more, a better optimum; higher by more, a worse one, or none.
        public var equal: Double
        public var better: Double
        public var worse: Double

        init(engine: String, set: String, points: Double, _ differences: [Double]) {
            let count = Double(max(1, differences.count))
            self.engine = engine
            self.set = set
            self.points = points
            curves = differences.count
            medianDifference = differences.map(\.magnitude).median
            equal = Double(differences.count { $0.magnitude <= 1e-3 }) / count
            better = Double(differences.count { $0 < -1e-3 }) / count
            // Not 1 less the others: NaN is neither.
            worse = Double(differences.count { !($0 <= 1e-3) }) / count
        }
    }

    public var machine: Machine
    public var curves: Int
    public var batch: Int
    public var seed: UInt64
    public var repetitions: Int
    public var secondsPerRepetition: Double
    public var lines: [Line] = []
    public var allocations: [Allocations] = []
    public var agreements: [Agreement] = []
    /// Peers that were left out, and why.
    public var skipped: [String] = []
    public var peerVersions: String?

    init(machine: Machine, curves: Int, batch: Int, seed: UInt64, repetitions: Int, secondsPerRepetition: Double) {
        self.machine = machine
        self.curves = curves
        self.batch = batch
        self.seed = seed
        self.repetitions = repetitions
        self.secondsPerRepetition = secondsPerRepetition
    }

    mutating func append(_ engine: String, _ set: CurveSet, threads: Int, queue: Int, _ microseconds: [Double]) {
        lines.append(
            Line(
                engine: engine, set: set.name, points: set.points, threads: threads, queue: queue,
                medianMicroseconds: microseconds.median, bestMicroseconds: microseconds.min() ?? .nan,
                microseconds: microseconds))
    }

    /// Fills the lines' ratios, once all lines are there.
    mutating func computeRatios() {
        for index in lines.indices {
            let line = lines[index]
            let sameCurves = lines.filter { $0.set == line.set && $0.points == line.points }
            if line.engine != GeorgePeer.name, let peer = sameCurves.first(where: { $0.engine == GeorgePeer.name }) {
                lines[index].timesPeer = peer.bestMicroseconds / line.bestMicroseconds
            }
            let alone = sameCurves.first { $0.engine == line.engine && $0.queue == line.queue && $0.threads == 1 }
            if line.threads > 1, let alone {
                lines[index].timesOneThread = alone.bestMicroseconds / line.bestMicroseconds
            }
        }
    }
}

import Alerts
public import CKernels
import Foundation
import Inference
public import ModelFile
import Telemetry

/// Measures how long engines take for a row, at several batch sizes and thread counts.
///
/// Repetitions of all engines take turns, so that a change of the machine's speed meets all of them.
public struct InferBench {
    public struct Configuration: Sendable {
        public var repetitions = 9
        /// Least time of one repetition of one engine.
        public var secondsPerRepetition = 0.05
        public var batches = [1, 4, 16, 64, 256, 1024]
        public var threads = [1]
        /// Instruction sets of the vector engines; those that this processor lacks are left out.
        public var instructionSets: [InstructionSet] = [.selected]
        /// Positions of each row of a token network, on average; a grid network has its own.
        public var positions = 17
        /// The slow engine takes a thousand times as long.
        public var measuresReference = true
        /// nil leaves other programs out.
        public var peers: InferPeers?

        public init() {}
    }

    private let model: Model
    private let configuration: Configuration
    private let data: InferData

    /// - Parameter data: nil makes rows of normally distributed values.
    public init(model: Model, data: InferData? = nil, _ configuration: Configuration = Configuration()) {
        self.model = model
        self.configuration = configuration
        let most = max(configuration.batches.max() ?? 1, configuration.peers?.batches.max() ?? 1)
        self.data = data ?? InferData(model.architecture, rows: most, positions: configuration.positions, seed: 1)
    }

    public func run() throws -> InferReport {
        var report = InferReport(
            machine: .current(), model: model.metadata.name, positionsPerRow: data.positionsPerRow,
            repetitions: configuration.repetitions, secondsPerRepetition: configuration.secondsPerRepetition)
        // They are first, so that a peer which computes something else is known before minutes have gone.
        try configuration.peers?.measure(model, data, into: &report)
        let kinds = try engineKinds(&report)
        for threads in configuration.threads {
            for batch in configuration.batches {
                var seconds = [[Double]](repeating: [], count: kinds.count)
                // The first round warms up and is not counted.
                for round in 0...configuration.repetitions {
                    for (index, kind) in kinds.enumerated() {
                        let time = try measure(kind, batch: batch, threads: threads)
                        if round > 0 { seconds[index].append(time) }
                    }
                }
                for (kind, times) in zip(kinds, seconds) {
                    report.lines.append(
                        InferReport.Line(
                            engine: kind.name, instructionSet: kind.instructionSetName, batch: batch, threads: threads,
                            bestMicroseconds: (times.min() ?? .nan) * 1e6, medianMicroseconds: times.median * 1e6))
                }
            }
        }
        for set in configuration.instructionSets where set.isAvailable {
            report.kernels += KernelBench(model.architecture, set, positions: data.positionsPerRow).run()
        }
        report.setRatios()
        return report
    }

    /// Seconds a row, over all threads together.
    private func measure(_ kind: EngineKind, batch: Int, threads: Int) throws -> Double {
        // Each thread has an engine and inputs of its own; they are made before the clock starts.
        let workers = try (0..<threads).map { _ in try InferWorker(kind.make(model), data, batch: batch) }
        guard threads > 1 else { return try workers[0].secondsPerRow(atLeast: configuration.secondsPerRepetition) }
        let results = ThreadResults()
        let least = configuration.secondsPerRepetition
        DispatchQueue.concurrentPerform(iterations: threads) { index in
            results.set(Result { try workers[index].secondsPerRow(atLeast: least) })
        }
        return try results.combined()
    }

    private func engineKinds(_ report: inout InferReport) throws -> [EngineKind] {
        var kinds: [EngineKind] = []
        let sets = configuration.instructionSets.filter(\.isAvailable)
        if model.metadata.quantisation?.activations == .frozen {
            kinds += sets.map { .int8($0) }
        } else {
            report.skipped.append("int8: left out, the model holds no activation ranges")
        }
        kinds += sets.map { .fast($0) }
        if configuration.measuresReference { kinds.append(.reference) }
        return kinds
    }
}

/// An engine to measure.
enum EngineKind {
    case int8(InstructionSet)
    case fast(InstructionSet)
    case reference

    var name: String {
        switch self {
        case .int8: "int8"
        case .fast: "float fast"
        case .reference: "float reference"
        }
    }

    var instructionSetName: String {
        switch self {
        case .int8(let set), .fast(let set): String(cString: set.nameBytes)
        case .reference: "-"
        }
    }

    func make(_ model: Model) throws -> any Engine {
        switch self {
        case .int8(let set): try Int8Engine(model: model, instructions: set)
        case .fast(let set): try FloatFastEngine(model: model, instructions: set)
        case .reference: try FloatReferenceEngine(model: model)
        }
    }
}

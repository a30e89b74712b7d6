import Alerts
import CAllocationCounter
import CKernels
import Inference
import ModelFile
import TestSupport
import Testing
import Training

/// What every engine promises, on random networks of both kinds; rows of token networks differ in length.
@Suite struct EngineTests {
    enum Kind: String, CaseIterable, CustomStringConvertible {
        case reference, fast, int8, int8AllNarrow

        var description: String { rawValue }
    }

    static let instructionSets: [InstructionSet] = [.scalar, .avx2, .avxvnni, .avx512, .neon].filter(\.isAvailable)
    static let shapes: [Architecture] = [
        Architecture(length: 100, channels: 2, embed: 32, heads: 16, headDim: 2, ff: 128, layers: 1, classes: 14),
        Architecture(length: 1, channels: 1, embed: 1, heads: 1, headDim: 1, ff: 1, layers: 1, classes: 2),
        Architecture(length: 7, channels: 3, embed: 6, heads: 2, headDim: 5, ff: 9, layers: 2, classes: 4),
        Architecture(
            kind: .tokenTransformer, length: 64, channels: 12, embed: 32, heads: 4, headDim: 8, ff: 80, layers: 1,
            classes: 14, position: .none, pooling: .meanAndMaximum, head: [64, 32], scalars: 5),
        Architecture(
            kind: .tokenTransformer, length: 40, channels: 5, embed: 20, heads: 3, headDim: 7, ff: 33, layers: 3,
            classes: 5, position: .none, pooling: .mean, head: [9]),
        Architecture(
            kind: .tokenTransformer, length: 33, channels: 1, embed: 48, heads: 1, headDim: 48, ff: 16, layers: 1,
            classes: 3, position: .sinusoid, pooling: .meanAndMaximum, scalars: 1),
    ]

    /// Random rows; token networks get lengths from 1 to the longest.
    static func batch(_ shape: Architecture, count: Int, seed: UInt64) -> CalibrationRows {
        var generator = SplitMix64(seed: seed)
        var starts = [0]
        for _ in 0..<count {
            starts.append(starts[starts.count - 1] + (shape.isRagged ? Int.random(in: 1...shape.length, using: &generator) : shape.length))
        }
        func values(_ count: Int) -> [Float] { (0..<count).map { _ in Float.random(in: -2...2, using: &generator) } }
        return CalibrationRows(
            inputs: values(starts[count] * shape.channels), rows: .ragged(starts: starts),
            scalars: values(count * shape.scalars))
    }

    /// One row of a batch.
    static func row(_ row: Int, of batch: CalibrationRows, _ shape: Architecture) -> CalibrationRows {
        guard case .ragged(let starts) = batch.rows else { return batch }
        let positions = starts[row]..<starts[row + 1]
        return CalibrationRows(
            inputs: Array(batch.inputs[(positions.lowerBound * shape.channels)..<(positions.upperBound * shape.channels)]),
            rows: .ragged(starts: [0, positions.count]),
            scalars: Array(batch.scalars[(row * shape.scalars)..<((row + 1) * shape.scalars)]))
    }

    static func engine(
        _ kind: Kind, _ model: Model, _ data: CalibrationRows, _ instructions: InstructionSet? = nil
    ) throws -> any Engine {
        switch kind {
        case .reference: return try FloatReferenceEngine(model: model)
        case .fast: return try FloatFastEngine(model: model, instructions: instructions)
        case .int8, .int8AllNarrow:
            let quantiser = try Quantiser(model: model, data: data)
            let narrow = kind == .int8 ? [] : Set(quantiser.layers)
            return try Int8Engine(model: quantiser.model(narrow: narrow), instructions: instructions)
        }
    }

    static func classify(_ engine: any Engine, _ batch: CalibrationRows) throws -> [Float] {
        var probabilities: [Float] = []
        try engine.classify(batch.inputs.span, batch.rows, scalars: batch.scalars.span, into: &probabilities)
        return probabilities
    }

    @Test(arguments: Kind.allCases, shapes)
    func agreesWithANaiveNetwork(kind: Kind, shape: Architecture) throws {
        let model = try RandomModel.model(shape, seed: 41)
        let batch = Self.batch(shape, count: 6, seed: 42)
        let found = try Self.classify(Self.engine(kind, model, batch), batch)
        let expected = try (0..<6).flatMap { index in
            let row = Self.row(index, of: batch, shape)
            return try NaiveNetwork(model: model).probabilities(row.inputs, scalars: row.scalars)
        }
        try #require(found.count == expected.count)
        let tolerance = switch kind { case .reference: 2e-6; case .fast: 2e-5; case .int8: 0.02; case .int8AllNarrow: 0.35 }
        let worst = zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
        #expect(worst < tolerance, "\(kind) \(shape)")
    }

    @Test(arguments: Kind.allCases, shapes)
    func aRowDependsNeitherOnItsBatchNorOnTheOrder(kind: Kind, shape: Architecture) throws {
        let model = try RandomModel.model(shape, seed: 43)
        let batch = Self.batch(shape, count: 90, seed: 44)
        let engine = try Self.engine(kind, model, batch)
        let all = try Self.classify(engine, batch)
        for row in (0..<90).reversed() {
            let single = try Self.classify(engine, Self.row(row, of: batch, shape))
            #expect(single == Array(all[(row * shape.classes)..<((row + 1) * shape.classes)]))
        }
    }

    @Test(arguments: [Kind.fast, .int8, .int8AllNarrow], shapes)
    func everyInstructionSetGivesTheSameBits(kind: Kind, shape: Architecture) throws {
        let model = try RandomModel.model(shape, seed: 45)
        let batch = Self.batch(shape, count: 20, seed: 46)
        let expected = try Self.classify(Self.engine(kind, model, batch, .scalar), batch)
        #expect(!expected.isEmpty)
        for set in Self.instructionSets {
            #expect(try Self.classify(Self.engine(kind, model, batch, set), batch) == expected)
        }
    }

    @Test(arguments: Kind.allCases)
    func namesTheRowOfWhatItRefuses(kind: Kind) throws {
        let shape = Self.shapes[3]
        var batch = Self.batch(shape, count: 4, seed: 47)
        let engine = try Self.engine(kind, RandomModel.model(shape, seed: 48), batch)
        guard case .ragged(let starts) = batch.rows else { return }
        func error(_ inputs: [Float], _ starts: [Int], _ scalars: [Float]) -> InferenceError? {
            var probabilities: [Float] = [1]
            do {
                try engine.classify(inputs, rowStarts: starts, scalars: scalars, into: &probabilities)
                return nil
            } catch {
                #expect(probabilities.isEmpty)
                return error
            }
        }
        var broken = batch.inputs
        broken[starts[3] * shape.channels] = .nan
        #expect(error(broken, starts, batch.scalars) == .nonFiniteInput(row: 3))
        broken[starts[3] * shape.channels - 1] = .infinity
        #expect(error(broken, starts, batch.scalars) == .nonFiniteInput(row: 2))
        broken = batch.inputs
        for index in (starts[1] * shape.channels)..<(starts[2] * shape.channels) { broken[index] = .greatestFiniteMagnitude }
        #expect(error(broken, starts, batch.scalars) == .nonFiniteResult(row: 1))
        #expect(error(batch.inputs, [0, 0] + starts.dropFirst(2), batch.scalars) == .rowLength(row: 0, length: 0))
        #expect(error(batch.inputs, [0, 70, 71, 72, starts[4]], batch.scalars) == .rowLength(row: 0, length: 70))
        #expect(error(batch.inputs, [1] + starts.dropFirst(), batch.scalars) == .rowLength(row: 0, length: 0))
        #expect(error(batch.inputs, [], batch.scalars) == .rowLength(row: 0, length: 0))
        #expect(error(batch.inputs, [0, .max, .min, 3, 4], batch.scalars) == .rowLength(row: 0, length: .max))
        #expect(error(Array(batch.inputs.dropLast()), starts, batch.scalars) != nil)
        batch.scalars[2 * shape.scalars] = -.infinity
        #expect(error(batch.inputs, starts, batch.scalars) == .nonFiniteInput(row: 2))
        #expect(error(batch.inputs, starts, []) == .scalarCount(expected: 20, found: 0))
    }

    @Test(arguments: Kind.allCases)
    func allocatesNothingOnceWarm(kind: Kind) throws {
        guard apus_allocation_counter_works() else { return }
        let shape = Self.shapes[3]
        let batch = Self.batch(shape, count: 40, seed: 49)
        let engine = try Self.engine(kind, RandomModel.model(shape, seed: 50), batch)
        guard case .ragged(let starts) = batch.rows else { return }
        var probabilities: [Float] = []
        try engine.classify(batch.inputs, rowStarts: starts, scalars: batch.scalars, into: &probabilities)
        apus_allocation_counter_start()
        let result = Result { try engine.classify(batch.inputs, rowStarts: starts, scalars: batch.scalars, into: &probabilities) }
        #expect(apus_allocation_counter_stop() == 0)
        try result.get()
    }

    @Test func anIntegerEngineNeedsActivationRanges() throws {
        let model = try RandomModel.model(Self.shapes[0], seed: 51)
        #expect(throws: InferenceError.noActivationRanges) { try Int8Engine(model: model) }
        #expect("\(InferenceError.noActivationRanges)".contains("quantisation.activations"))
    }

    @Test func anInstructionSetThatTheProcessorLacksIsRefused() throws {
        let model = try RandomModel.model(Self.shapes[0], seed: 52)
        let others: [InstructionSet] = [.avx2, .avxvnni, .avx512, .neon].filter { !$0.isAvailable }
        for set in others {
            #expect(throws: InferenceError.self) { try FloatFastEngine(model: model, instructions: set) }
        }
    }
}

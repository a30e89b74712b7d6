import Alerts
import Inference
import ModelFile
import TestSupport
import Testing

@Suite struct FloatReferenceEngineTests {
    static let shapes: [Architecture] = [
        .t2,
        Architecture(length: 1, channels: 1, embed: 1, heads: 1, headDim: 1, ff: 1, layers: 1, classes: 1),
        Architecture(length: 7, channels: 3, embed: 6, heads: 2, headDim: 5, ff: 9, layers: 2, classes: 4),
        Architecture(
            length: 33, channels: 6, embed: 5, heads: 3, headDim: 1, ff: 3, layers: 3, classes: 2,
            layerNormEpsilon: 1e-3),
        Architecture(length: 20, channels: 2, embed: 16, heads: 1, headDim: 16, ff: 40, layers: 4, classes: 31),
    ]
    static let small = Architecture(
        length: 6, channels: 2, embed: 8, heads: 2, headDim: 4, ff: 16, layers: 1, classes: 3)

    static func inputs(_ shape: Architecture, count: Int, seed: UInt64) -> [Float] {
        var generator = SplitMix64(seed: seed)
        return (0..<(shape.length * shape.channels * count)).map { _ in Float.random(in: -3...3, using: &generator) }
    }

    static func expectAgreement(_ model: Model, seed: UInt64) throws {
        let shape = model.architecture
        let count = 3
        let inputs = inputs(shape, count: count, seed: seed)
        var probabilities: [Float] = []
        try FloatReferenceEngine(model: model).classify(inputs, count: count, into: &probabilities)
        let rowCount = shape.length * shape.channels
        let expected = try (0..<count).flatMap {
            try NaiveNetwork(model: model).probabilities(Array(inputs[($0 * rowCount)..<(($0 + 1) * rowCount)]))
        }
        try #require(probabilities.count == expected.count)
        for (found, expected) in zip(probabilities, expected) {
            #expect(abs(Double(found) - expected) < 2e-6, "\(shape)")
        }
    }

    @Test(arguments: shapes)
    func agreesWithANaiveNetworkOfTheSameShape(shape: Architecture) throws {
        try Self.expectAgreement(RandomModel.model(shape, seed: 11), seed: 12)
    }

    @Test(arguments: [Quantisation.Granularity.perTensor, .perChannel])
    func takesInt8KernelsAsScaleTimesWeight(granularity: Quantisation.Granularity) throws {
        for shape in Self.shapes {
            try Self.expectAgreement(RandomModel.model(shape, .int8(granularity), seed: 13), seed: 14)
        }
    }

    @Test func theTemperatureDividesTheLogits() throws {
        var metadata = RandomModel.metadata(Self.small)
        metadata.calibration.temperature = 2.5
        let tensors = RandomModel.tensors(Self.small, seed: 15)
        let model = try Model(ModelWriter.encode(metadata, tensors), name: "warm")
        try Self.expectAgreement(model, seed: 16)
    }

    @Test func aRowDoesNotDependOnItsBatch() throws {
        let engine = try FloatReferenceEngine(model: RandomModel.model(Self.small, seed: 17))
        let inputs = Self.inputs(Self.small, count: 5, seed: 18)
        let rowCount = engine.length * engine.channels
        var batch: [Float] = []
        try engine.classify(inputs, count: 5, into: &batch)
        for row in 0..<5 {
            var single: [Float] = []
            try engine.classify(Array(inputs[(row * rowCount)..<((row + 1) * rowCount)]), count: 1, into: &single)
            #expect(single == Array(batch[(row * 3)..<((row + 1) * 3)]))
        }
    }

    @Test func theResultArrayIsEmptiedAndItsMemoryKept() throws {
        let engine = try FloatReferenceEngine(model: RandomModel.model(Self.small, seed: 19))
        let inputs = Self.inputs(Self.small, count: 4, seed: 20)
        var probabilities: [Float] = [7, 7]
        try engine.classify(inputs, count: 4, into: &probabilities)
        // A copy of the elements: sharing the array would make the next call copy it.
        let first = probabilities.map { $0 }
        let address = probabilities.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
        #expect(first.count == 12)
        for _ in 0..<10 {
            try engine.classify(inputs, count: 4, into: &probabilities)
            #expect(probabilities.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) } == address)
        }
        #expect(probabilities == first)
        try engine.classify([], count: 0, into: &probabilities)
        #expect(probabilities.isEmpty)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, .signalingNaN])
    func refusesAnInputThatIsNotFiniteAndNamesItsRow(value: Float) throws {
        let engine = try FloatReferenceEngine(model: RandomModel.model(Self.small, seed: 21))
        var inputs = Self.inputs(Self.small, count: 4, seed: 22)
        inputs[2 * 12 + 11] = value
        var probabilities: [Float] = [1]
        #expect(throws: InferenceError.nonFiniteInput(row: 2)) {
            try engine.classify(inputs, count: 4, into: &probabilities)
        }
        #expect(probabilities.isEmpty)
    }

    @Test func refusesAnInputThatOverflowsTheNetworkAndNamesItsRow() throws {
        let engine = try FloatReferenceEngine(model: RandomModel.model(Self.small, seed: 23))
        var inputs = Self.inputs(Self.small, count: 3, seed: 24)
        for index in 12..<24 { inputs[index] = .greatestFiniteMagnitude }
        var probabilities: [Float] = []
        #expect(throws: InferenceError.nonFiniteResult(row: 1)) {
            try engine.classify(inputs, count: 3, into: &probabilities)
        }
        #expect(probabilities.isEmpty)
    }

    @Test(arguments: [(11, 1), (13, 1), (12, 2), (0, 1), (12, 0), (12, -1), (12, Int.max), (12, Int.min)])
    func refusesAnInputOfTheWrongSize(values: Int, count: Int) throws {
        let engine = try FloatReferenceEngine(model: RandomModel.model(Self.small, seed: 25))
        var probabilities: [Float] = []
        #expect(throws: InferenceError.self) {
            try engine.classify([Float](repeating: 0, count: values), count: count, into: &probabilities)
        }
    }

    @Test func tracesEveryBlock() throws {
        var shape = Self.small
        shape.layers = 3
        let engine = try FloatReferenceEngine(model: RandomModel.model(shape, seed: 26))
        var seen: [String] = []
        try engine.trace(Self.inputs(shape, count: 1, seed: 27)) { layer, block, values in
            seen.append("\(layer) \(block) \(values.count)")
        }
        let blocks = (0..<3).flatMap { block in
            ["query", "key", "value", "context", "attention", "norm1"].map { "\($0) \(block) 48" }
                + ["middle \(block) 96", "norm2 \(block) 48"]
        }
        #expect(seen == ["embedding 0 48"] + blocks + ["pooled 0 8", "logits 0 3"])
    }
}

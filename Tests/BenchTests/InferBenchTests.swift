import Bench
import Inference
import ModelFile
import TestSupport
import Testing
import Training

@Suite struct InferBenchTests {
    static let shape = Architecture(
        kind: .tokenTransformer, length: 9, channels: 3, embed: 20, heads: 3, headDim: 5, ff: 30, layers: 2, classes: 4,
        position: .none, pooling: .meanAndMaximum, head: [6], scalars: 2)

    static var configuration: InferBench.Configuration {
        var configuration = InferBench.Configuration()
        configuration.repetitions = 2
        configuration.secondsPerRepetition = 1e-4
        configuration.batches = [1, 7]
        configuration.threads = [1, 2]
        configuration.positions = 5
        return configuration
    }

    @Test func `every engine is measured at every batch size and thread count`() throws {
        let float = try RandomModel.model(Self.shape, seed: 61)
        let data = CalibrationRows(
            inputs: (0..<(9 * 3)).map(Float.init), rows: .ragged(starts: [0, 9]), scalars: [1, 2])
        let quantiser = try Quantiser(model: float, data: data)
        let report = try InferBench(model: quantiser.model(narrow: Set(quantiser.layers)), Self.configuration).run()
        #expect(report.positionsPerRow == 5)
        #expect(report.lines.count == 3 * 2 * 2)
        #expect(Set(report.lines.map(\.engine)) == ["int8", "float fast", "float reference"])
        for line in report.lines {
            #expect(line.bestMicroseconds > 0 && line.medianMicroseconds >= line.bestMicroseconds)
        }
        #expect(report.kernels.count >= 5)
        for kernel in report.kernels { #expect(kernel.bestMicroseconds > 0 && kernel.fractionOfPeak > 0) }
        #expect(report.skipped.isEmpty)
    }

    @Test func `a model without activation ranges is measured in float only, and the report says so`() throws {
        var configuration = Self.configuration
        configuration.measuresReference = false
        let report = try InferBench(model: RandomModel.model(Self.shape, seed: 62), configuration).run()
        #expect(Set(report.lines.map(\.engine)) == ["float fast"])
        #expect(report.skipped.count == 1)
    }
}

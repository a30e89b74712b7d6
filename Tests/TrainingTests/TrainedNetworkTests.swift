import Alerts
import Foundation
import Inference
import ModelFile
import Testing
import Training

/// The network that was trained is the network that the file holds.
@Suite struct TrainedNetworkTests {
    private static let shape = Architecture(
        kind: .tokenTransformer, length: 12, channels: 3, embed: 8, heads: 2, headDim: 4, ff: 12, layers: 2, classes: 3,
        position: .none, pooling: .meanAndMaximum, head: [6, 5], scalars: 2)

    private static func examples(_ count: Int, seed: UInt64) -> ExampleSet {
        var random = SplitMix64(seed: seed)
        var set = ExampleSet(channels: 3, scalarCount: 2, classes: 3)
        for index in 0..<count {
            let length = Int.random(in: 1...12, using: &random)
            set.append(
                inputs: (0..<length * 3).map { _ in Float.random(in: -2...2, using: &random) },
                scalars: [Float(index % 3), 0.5], target: (0..<3).map { $0 == index % 3 ? 1 : 0 }, weight: 1)
        }
        return set
    }

    @Test func theWrittenModelGivesTheCalibratedProbabilities() throws {
        var plan = TrainingPlan()
        plan.epochs = 3
        plan.seed = 9
        let trainer = Trainer(Self.shape, plan)
        while !trainer.isDone { _ = try trainer.runEpoch(Self.examples(120, seed: 1)) }
        let calibrator = Calibrator(temperature: 1.7, tau: 0.3, prior: [0.6, 0.3, 0.1])
        let network = TrainedNetwork(layout: trainer.layout, parameters: trainer.result, calibrator: calibrator)
        let metadata = ModelMetadata(
            name: "test", architecture: Self.shape, preset: "observations-1", classes: ["a", "b", "c"],
            calibration: Calibration(temperature: calibrator.temperature),
            provenance: Provenance(
                source: "test", sourceSha256: String(repeating: "0", count: 64), importer: "test", date: "2026-01-01"))
        let model = try Model(try ModelWriter.encode(metadata, network.tensors), name: "test")
        let engine = try FloatReferenceEngine(model: model)

        let others = Self.examples(40, seed: 2)
        let logits = try trainer.logits(of: others, parameters: trainer.result)
        var probabilities: [Float] = []
        try engine.classify(
            others.inputs, rowStarts: others.rowStarts, scalars: others.scalars, into: &probabilities)
        var worst: Float = 0
        for row in 0..<others.count {
            let expected = calibrator.probabilities(logits[3 * row..<3 * row + 3])
            for (index, value) in expected.enumerated() { worst = max(worst, abs(probabilities[3 * row + index] - value)) }
        }
        #expect(worst < 1e-5)
    }
}

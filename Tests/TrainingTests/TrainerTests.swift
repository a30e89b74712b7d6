import Alerts
import Foundation
import ModelFile
import Testing
import Training

@Suite struct TrainerTests {
    private static let architecture: Architecture = {
        var architecture = Architecture(
            length: 12, channels: 3, embed: 16, heads: 4, headDim: 4, ff: 24, layers: 1, classes: 3, position: .none,
            pooling: .meanAndMaximum)
        architecture.head = [12]
        architecture.scalars = 2
        return architecture
    }()

    /// Three kinds of curves that a look tells apart: rising, falling, and flat with one spike.
    private static func examples(_ count: Int, seed: UInt64) -> ExampleSet {
        var random = SplitMix64(seed: seed)
        var set = ExampleSet(channels: 3, scalarCount: 2, classes: 3)
        for index in 0..<count {
            let kind = index % 3
            let length = Int.random(in: 3...12, using: &random)
            let spike = Int.random(in: 0..<length, using: &random)
            var inputs: [Float] = []
            for position in 0..<length {
                let t = Float(position) / Float(length)
                let value: Float = kind == 0 ? t : kind == 1 ? 1 - t : position == spike ? 1 : 0
                inputs += [t, value + Float.random(in: -0.1...0.1, using: &random), 1]
            }
            let target = (0..<3).map { Float($0 == kind ? 1 : 0) }
            set.append(
                inputs: inputs, scalars: [Float(length) / 12, Float.random(in: -1...1, using: &random)], target: target,
                weight: 1)
        }
        return set
    }

    private static func plan(threads: Int = 2) -> TrainingPlan {
        var plan = TrainingPlan()
        plan.epochs = 12
        plan.batch = 48
        plan.learningRate = .oneCycle(peak: 1e-2)
        plan.threads = threads
        plan.seed = 3
        return plan
    }

    @Test func `A network learns what can be learnt`() throws {
        let trainer = Trainer(Self.architecture, Self.plan())
        let examples = Self.examples(600, seed: 1)
        while !trainer.isDone { _ = try trainer.runEpoch(examples) }
        let others = Self.examples(300, seed: 2)
        let logits = try trainer.logits(of: others, parameters: trainer.result)
        let right = (0..<others.count).count { index in
            let row = logits[3 * index..<3 * index + 3]
            return row.max() == row[row.startIndex + index % 3]
        }
        #expect(right >= 290)
    }

    @Test func `Weights do not depend on the number of threads`() throws {
        let examples = Self.examples(200, seed: 4)
        let weights = try [1, 2, 3].map { threads in
            let trainer = Trainer(Self.architecture, Self.plan(threads: threads))
            for _ in 0..<3 { _ = try trainer.runEpoch(examples) }
            return trainer.state.parameters
        }
        #expect(weights[0] == weights[1])
        #expect(weights[0] == weights[2])
    }

    @Test func `A resumed run ends with the same weights`() throws {
        let examples = Self.examples(200, seed: 5)
        let whole = Trainer(Self.architecture, Self.plan())
        while !whole.isDone { _ = try whole.runEpoch(examples) }
        let first = Trainer(Self.architecture, Self.plan())
        for _ in 0..<5 { _ = try first.runEpoch(examples) }
        let path = FileManager.default.temporaryDirectory.appending(path: "apus-checkpoint-\(UUID()).plist").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try first.state.write(to: path)
        let second = try Trainer(Self.architecture, resuming: Checkpoint(contentsOf: path))
        while !second.isDone { _ = try second.runEpoch(examples) }
        #expect(second.state == whole.state)
        #expect(second.result == whole.result)
    }

    @Test func `Another seed gives other weights`() throws {
        var plan = Self.plan()
        let first = Trainer(Self.architecture, plan)
        plan.seed = 4
        #expect(Trainer(Self.architecture, plan).state.parameters != first.state.parameters)
    }
}

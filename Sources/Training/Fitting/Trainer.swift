import Alerts
public import ModelFile

/// Fits a network to examples.
///
/// A batch is cut into shards of a fixed size; threads take shards, and their gradients are added up in the shards' order, so the
/// weights do not depend on the number of threads.
public final class Trainer {
    public let layout: ParameterLayout
    public private(set) var state: Checkpoint
    private let shardSize = 16
    private let crew: ShardCrew
    private var order: [Int] = []
    private var shards: [Shard] = []

    /// A new run, its weights drawn from the plan's seed.
    public init(_ architecture: Architecture, _ plan: TrainingPlan) {
        layout = ParameterLayout(architecture)
        state = Checkpoint(plan: plan, parameters: Initialisation.parameters(layout, seed: plan.seed))
        crew = ShardCrew(layout, threads: plan.threads)
    }

    /// A run that goes on from a checkpoint, or from weights that another run made.
    public init(_ architecture: Architecture, resuming state: Checkpoint) throws(TrainingError) {
        layout = ParameterLayout(architecture)
        guard state.parameters.count == layout.count else {
            throw .mismatch(
                reason: "the checkpoint has \(state.parameters.count) parameters, the network \(layout.count)")
        }
        self.state = state
        crew = ShardCrew(layout, threads: state.plan.threads)
    }

    /// What an epoch brought.
    public struct Progress: Sendable {
        public let epoch: Int
        public let trainingLoss: Double
        public let validationLoss: Double?
    }

    public var isDone: Bool {
        if state.epoch >= state.plan.epochs { return true }
        guard let patience = state.plan.patience else { return false }
        return state.epoch - state.bestEpoch > patience
    }

    /// Goes through the examples once, in an order drawn from seed and epoch, then measures the validation set.
    public func runEpoch(_ examples: ExampleSet, validation: ExampleSet? = nil) throws(TrainingError) -> Progress {
        let plan = state.plan
        try check(examples)
        let batches = (examples.count + plan.batch - 1) / plan.batch
        shuffle(examples.count)
        var loss = 0.0
        var weight = 0.0
        for batch in 0..<batches {
            let members = order[batch * plan.batch..<min(examples.count, (batch + 1) * plan.batch)]
            let total = fill(members, from: examples)
            let step = state.epoch * batches + batch
            let sum = crew.gradient(
                shards, state.parameters, scale: 1 / Float(total), dropout: plan.dropout,
                seed: SplitMix64.mixed(plan.seed ^ UInt64(step) &* 0x9E37_79B9_7F4A_7C15))
            guard sum.isFinite else { throw .diverged(epoch: state.epoch + 1) }
            loss += sum
            weight += total
            crew.clip(to: plan.clip)
            let rate = plan.learningRate.rate(step: step, of: plan.epochs * batches)
            crew.withGradient { gradient in
                state.update(gradient, rate: rate, layout)
            }
            average(step, of: plan.epochs * batches)
        }
        state.epoch += 1
        let validationLoss = try validation.map { set throws(TrainingError) in try self.loss(of: set) }
        if let validationLoss, validationLoss < state.bestLoss {
            state.bestLoss = validationLoss
            state.bestEpoch = state.epoch
            state.best = state.averaged
        }
        return Progress(epoch: state.epoch, trainingLoss: loss / max(weight, 1e-30), validationLoss: validationLoss)
    }

    /// The weights to keep: those with the least validation loss where the run stops early, else the averaged ones.
    public var result: [Float] {
        state.plan.patience != nil && state.bestLoss < .infinity ? state.best : state.averaged
    }

    /// Mean loss by weight with the averaged weights, without dropout.
    public func loss(of examples: ExampleSet) throws(TrainingError) -> Double {
        try check(examples)
        let parameters = state.averaged
        var (loss, weight) = (0.0, 0.0)
        for first in stride(from: 0, to: examples.count, by: 1024) {
            weight += fill(first..<min(first + 1024, examples.count), from: examples)
            loss += crew.loss(shards, parameters)
        }
        return loss / max(weight, 1e-30)
    }

    /// Logits (count, classes) of examples with given weights.
    public func logits(of examples: ExampleSet, parameters: [Float]) throws(TrainingError) -> [Float] {
        try check(examples)
        var logits: [Float] = []
        for first in stride(from: 0, to: examples.count, by: 1024) {
            _ = fill(first..<min(first + 1024, examples.count), from: examples)
            logits += crew.logits(shards, parameters)
        }
        return logits
    }

    private func check(_ examples: ExampleSet) throws(TrainingError) {
        let architecture = layout.architecture
        guard examples.channels == architecture.channels, examples.scalarCount == architecture.scalars,
            examples.classes == architecture.classes
        else {
            throw .mismatch(
                reason: "examples of \(examples.channels) values, \(examples.scalarCount) scalars and \(examples.classes) classes"
                    + " for a network of \(architecture.channels), \(architecture.scalars) and \(architecture.classes)")
        }
    }

    private func shuffle(_ count: Int) {
        order = Array(0..<count)
        var random = SplitMix64(seed: SplitMix64.mixed(state.plan.seed) &+ UInt64(state.epoch))
        order.shuffle(using: &random)
    }

    /// Cuts examples into shards and returns their weight.
    private func fill(_ members: some RandomAccessCollection<Int>, from examples: ExampleSet) -> Double {
        let count = (members.count + shardSize - 1) / shardSize
        while shards.count < count { shards.append(Shard()) }
        shards.removeLast(shards.count - count)
        var weight = 0.0
        for place in 0..<count {
            shards[place].removeAll()
            for member in members.dropFirst(place * shardSize).prefix(shardSize) {
                examples.copy(member, to: &shards[place])
                weight += Double(examples.weights[member])
            }
        }
        return weight
    }

    private func average(_ step: Int, of count: Int) {
        guard state.plan.averaged > 0, Double(step) >= Double(count) * (1 - state.plan.averaged) else { return }
        for index in state.sum.indices { state.sum[index] += Double(state.parameters[index]) }
        state.summed += 1
    }
}

import Alerts
import LightCurves
import ModelFile

/// A recipe being followed on labelled curves: epochs, then a calibration on the groups that were kept back.
public final class TrainingRun {
    public let recipe: TrainingRecipe
    private let trainer: Trainer
    private let factory: ExampleFactory
    private let members: [Int]
    private let keptBack: [Int]
    private let weights: [Float]
    private let prior: [Double]

    /// - Parameters:
    ///   - members: the curves to use, as indices; nil for all.
    ///   - state: a checkpoint of the same recipe to go on from.
    public init(
        _ recipe: TrainingRecipe, _ curves: [LabelledCurve], members: [Int]? = nil, resuming state: Checkpoint? = nil
    ) throws(TrainingError) {
        self.recipe = recipe
        let classes = recipe.architecture.classes
        guard classes == recipe.classes.count, recipe.preset.channels == recipe.architecture.channels,
            recipe.preset.scalars.count == recipe.architecture.scalars
        else { throw .mismatch(reason: "the network's channels, scalars or classes are not those of the preset") }
        let all = members ?? Array(curves.indices)
        guard all.count > 1 else { throw .mismatch(reason: "there are no curves to learn from") }
        let learners: [Int]
        if recipe.keptBack > 0 {
            let count = max(2, Int((1 / recipe.keptBack).rounded()))
            let folds = Folds(all.map { (curves[$0].group, curves[$0].label) }, count: count, seed: recipe.plan.seed)
            keptBack = all.filter { folds.fold(of: curves[$0].group) == 0 }
            learners = all.filter { folds.fold(of: curves[$0].group) != 0 }
        } else {
            keptBack = []
            learners = all
        }
        self.members = learners
        var counts = [Double](repeating: 0, count: classes)
        for member in learners { counts[curves[member].label] += 1 }
        prior = counts.map { $0 / Double(max(1, learners.count)) }
        weights = recipe.classWeights(counts)
        factory = ExampleFactory(curves, preset: recipe.preset, classes: classes)
        if let state {
            var plan = state.plan
            plan.threads = recipe.plan.threads
            guard plan == recipe.plan else { throw .mismatch(reason: "the checkpoint was made with another plan") }
            trainer = try Trainer(recipe.architecture, resuming: state)
        } else {
            trainer = Trainer(recipe.architecture, recipe.plan)
        }
    }

    public var isDone: Bool { trainer.isDone }
    public var state: Checkpoint { trainer.state }

    /// One epoch on examples that are cut and changed anew, as seed and epoch draw.
    public func runEpoch() throws(TrainingError) -> Trainer.Progress {
        let seed = recipe.plan.seed &* 1000 &+ UInt64(trainer.state.epoch)
        return try trainer.runEpoch(factory.examples(of: members, recipe.augmentation, seed: seed, weights: weights))
    }

    /// The network as it is now, with the temperature that gives the alerts of the kept-back objects the least mean log-loss.
    public func finish() throws(TrainingError) -> TrainedNetwork {
        var calibrator = Calibrator(tau: recipe.tau, prior: prior)
        let parameters = trainer.result
        if !keptBack.isEmpty {
            let ones = [Float](repeating: 1, count: recipe.classes.count)
            let examples = factory.examples(of: keptBack, .none, seed: 0, weights: ones)
            let classes = examples.classes
            let labels = (0..<examples.count).map { row in
                (0..<classes).first { examples.targets[row * classes + $0] > 0.5 } ?? 0
            }
            calibrator = Calibrator.fit(
                logits: try trainer.logits(of: examples, parameters: parameters), labels: labels,
                weights: Array(repeating: 1, count: examples.count), prior: prior, taus: recipe.tau...recipe.tau)
        }
        return TrainedNetwork(layout: trainer.layout, parameters: parameters, calibrator: calibrator)
    }

    /// Logits (rows, classes) of a network that this run made.
    public func logits(_ network: TrainedNetwork, of examples: ExampleSet) throws(TrainingError) -> [Float] {
        try trainer.logits(of: examples, parameters: network.parameters)
    }
}

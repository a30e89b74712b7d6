import ArgumentParser
import Foundation
import LightCurves
import ModelFile
import Training

/// What `train` and `crossvalidate` share: data, network, plan.
struct RecipeOptions: ParsableArguments {
    @Option(name: .long, parsing: .upToNextOption, help: "Avro files of labelled light curves.")
    var curves: [String]

    @Option(help: "A built-in preset, or a JSON file with a definition.")
    var preset = "observations-1"

    @Flag(help: "Leave out the preset's scalars; the definition in the model gets a name of its own.")
    var noScalars = false

    @Option(help: "Features of a position.")
    var embed = 32

    @Option(help: "Attention heads; they divide --embed.")
    var heads = 4

    @Option(help: "Width of the feed-forward network.")
    var ff = 80

    @Option(help: "Encoder blocks.")
    var layers = 1

    @Option(parsing: .upToNextOption, help: "Widths of the layers between pooling and classifier.")
    var head = [32]

    @Option var epochs = 60
    @Option var batch = 64
    @Option(help: "Highest learning rate of the one-cycle schedule.")
    var rate: Float = 4e-3
    @Option var weightDecay: Float = 0.01
    @Option var dropout = 0.1
    @Option(help: "An object of a class with n objects weighs n^-exponent.")
    var classExponent = 0.7
    @Option(help: "Share of the groups kept back for the temperature; 0 for none.")
    var keptBack = 0.1
    @Option(help: "Probabilities are multiplied by prior^tau.")
    var tau = 0.3
    @Option(help: "Factor of all augmentation; 0 for none.")
    var augmentation = 1.0
    @Option var threads = 2

    func validate() throws {
        guard !curves.isEmpty else { throw ValidationError("Give files with --curves.") }
        guard embed > 0, heads > 0, embed % heads == 0 else { throw ValidationError("--heads must divide --embed.") }
        guard epochs > 0, batch > 0, threads > 0, layers > 0, ff > 0, head.allSatisfy({ $0 > 0 }) else {
            throw ValidationError("Sizes and counts are 1 or more.")
        }
        guard (0..<1).contains(dropout), (0...0.5).contains(keptBack), (0...5).contains(augmentation) else {
            throw ValidationError("--dropout is below 1, --kept-back at most 0.5, --augmentation at most 5.")
        }
        guard rate > 0, rate.isFinite, tau.isFinite, classExponent.isFinite, weightDecay >= 0, weightDecay.isFinite else {
            throw ValidationError("--rate is positive, and all are numbers.")
        }
    }

    func labelledCurves() throws -> [LabelledCurve] {
        try curves.flatMap { try LabelledCurve.read(path: $0, classes: ModelImporter.publishedClasses) }
    }

    func recipe(seed: UInt64) throws -> TrainingRecipe {
        let isFile = FileManager.default.fileExists(atPath: preset)
        var preset = try Preset(declaration: isFile ? String(contentsOfFile: preset, encoding: .utf8) : preset)
        if noScalars, !preset.scalars.isEmpty {
            preset.scalars = []
            preset.name += "-plain"
        }
        let isRagged = preset.inputLength == nil
        let architecture = Architecture(
            kind: isRagged ? .tokenTransformer : .gridTransformer,
            length: preset.inputLength ?? preset.observations.maximumPoints ?? 64, channels: preset.channels, embed: embed,
            heads: heads, headDim: embed / heads, ff: ff, layers: layers, classes: ModelImporter.publishedClasses.count,
            position: isRagged ? .none : .sinusoid, pooling: .meanAndMaximum, head: head, scalars: preset.scalars.count)
        var recipe = TrainingRecipe(preset: preset, architecture: architecture, classes: ModelImporter.publishedClasses)
        recipe.plan.epochs = epochs
        recipe.plan.batch = batch
        recipe.plan.learningRate = .oneCycle(peak: rate)
        recipe.plan.weightDecay = weightDecay
        recipe.plan.dropout = dropout
        recipe.plan.threads = threads
        recipe.plan.seed = seed
        recipe.augmentation = Augmentation().scaled(by: augmentation)
        recipe.classExponent = classExponent
        recipe.keptBack = keptBack
        recipe.tau = tau
        return recipe
    }
}

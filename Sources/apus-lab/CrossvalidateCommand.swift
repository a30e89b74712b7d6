import ArgumentParser
import Foundation
import ModelFile
import Training

struct CrossvalidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crossvalidate",
        abstract: "Scores a recipe on alerts of objects that the scoring network never saw, for several seeds.",
        discussion: """
            The groups of the curves are spread over folds. For each fold, what `train` does is done with the curves of the \
            others, the temperature included, and the alerts of the fold are scored. The figures are those of single networks.
            """)

    @OptionGroup var options: RecipeOptions
    @OptionGroup var judged: TruthOptions

    @Option var folds = 5

    @Option(help: "Networks are trained with the seeds 1 to so many.")
    var seeds = 3

    func validate() throws {
        guard folds > 1, seeds > 0 else { throw ValidationError("--folds is 2 or more, --seeds 1 or more.") }
    }

    func run() throws {
        let curves = try options.labelledCurves()
        let first = try options.recipe(seed: 1)
        let truth = try LabelledAlert.read(path: judged.truth, classes: first.classes)
        let rows = try AlertRows(preset: first.preset, paths: judged.alerts)
        let validation = CrossValidation(curves, rows, truth, folds: folds)
        print("\(curves.count) objects, \(truth.count) alerts, \(first.architecture.parameterCount) parameters")
        var progress = ProgressLine(total: seeds * folds * options.epochs)
        var runs: [Scores] = []
        for seed in 1...seeds {
            let probabilities = try validation.run(try options.recipe(seed: UInt64(seed))) { fold, epoch in
                progress.step("seed \(seed), fold \(fold + 1), epoch \(epoch.epoch), loss \(epoch.trainingLoss.formatted(4))")
            }
            let scores = try judged.scores(truth, probabilities, classCount: first.classes.count)
            runs.append(scores)
            print("seed \(seed)")
            for line in scores.table(first.classes) { print(line) }
        }
        progress.end()
        print("mean and standard deviation over the seeds")
        let figures: [(String, KeyPath<Scores, Double>)] = [
            ("accuracy", \.accuracy), ("macro recall", \.macroRecall), ("balanced log-loss", \.balancedLogLoss),
            ("calibration error", \.calibrationError),
        ]
        for (name, figure) in figures {
            let values = runs.map { $0[keyPath: figure] }
            let mean = values.reduce(0, +) / Double(values.count)
            let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count - 1))
            let text = "\(mean.formatted(4)) +- \(square.squareRoot().formatted(4))"
            print(name.padding(toLength: 20, withPad: " ", startingAt: 0) + text)
        }
    }
}

import ArgumentParser
import Foundation
import ModelFile
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains a network on labelled light curves and writes a model file.",
        discussion: """
            Each object is cut to what a live alert would hold, at a third, two thirds and all of its detections. A share of \
            the groups is kept back; the temperature is fitted on them. The same files, options and seed give the same \
            weights, whatever the number of threads.
            """)

    @OptionGroup var options: RecipeOptions

    @Option(name: .shortAndLong, help: "The .apus file to write.")
    var output: String

    @Option(help: "What the model is called; the file's name if not given.")
    var name: String?

    @Option var seed: UInt64 = 1

    @Option(help: "Write the state of the run here after every epoch.")
    var checkpoint: String?

    @Flag(help: "Go on from --checkpoint, if that file is there.")
    var resume = false

    @Option(help: "The day to write into the file; today if not given.")
    var date: String?

    func validate() throws {
        if resume, checkpoint == nil { throw ValidationError("--resume needs --checkpoint.") }
    }

    func run() throws {
        let curves = try options.labelledCurves()
        let recipe = try options.recipe(seed: seed)
        var state: Checkpoint?
        if resume, let checkpoint, FileManager.default.fileExists(atPath: checkpoint) {
            state = try Checkpoint(contentsOf: checkpoint)
        }
        let run = try TrainingRun(recipe, curves, resuming: state)
        var progress = ProgressLine(total: recipe.plan.epochs - run.state.epoch)
        print("\(curves.count) objects, \(recipe.architecture.parameterCount) parameters")
        while !run.isDone {
            let epoch = try run.runEpoch()
            progress.step("epoch \(epoch.epoch) of \(recipe.plan.epochs), loss \(epoch.trainingLoss.formatted(4))")
            if let checkpoint { try run.state.write(to: checkpoint) }
        }
        progress.end()
        let network = try run.finish()
        let own = name ?? URL(fileURLWithPath: output).deletingPathExtension().lastPathComponent
        try ModelWriter.write(
            try network.metadata(name: own, recipe, provenance: provenance()), network.tensors, to: output)
        let model = try Model(contentsOf: output)
        print("\(output): \(model.byteCount) bytes, sha256 \(model.sha256)")
        print("temperature \(network.calibrator.temperature.formatted(3)), tau \(recipe.tau) in the classifier's bias")
    }

    /// The curves' files by name, and the SHA-256 of their bytes one after another.
    private func provenance() throws -> Provenance {
        var hash = try SHA256()
        for path in options.curves {
            let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
            data.withUnsafeBytes { hash.update($0) }
        }
        let names = options.curves.map { URL(fileURLWithPath: $0).lastPathComponent }
        return Provenance(
            source: names.joined(separator: " "), sourceSha256: try hash.hex(),
            importer: "apus-lab train, seed \(seed), \(options.epochs) epochs",
            date: date ?? Date.now.formatted(.iso8601.year().month().day()))
    }
}

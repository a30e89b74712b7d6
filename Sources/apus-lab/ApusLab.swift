import ArgumentParser

/// The `apus-lab` command: what makes models, kept out of the program that serves them.
@main
struct ApusLab: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apus-lab", abstract: "Makes models for apus.", version: "0.1.0",
        subcommands: [TrainCommand.self, EvaluateCommand.self, CrossvalidateCommand.self, QuantiseCommand.self])
}

import ArgumentParser
import Foundation
import LightCurves
import ModelFile

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Imports and describes model files; lists the database's models and gives them roles.",
        subcommands: [
            ModelImportCommand.self, ModelInfoCommand.self, ModelListCommand.self, ModelActivateCommand.self,
            ModelRetireCommand.self,
        ])
}

struct ModelImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Makes an .apus file of a published network.",
        discussion: "Takes a .tflite (float or dynamic-range int8), or a safetensors file with a JSON file of the same name beside it.")

    @Argument(help: "The .tflite or .safetensors file.")
    var source: String

    @Option(name: .shortAndLong, help: "The .apus file to write.")
    var output: String

    @Option(help: "What to call the model; without it the name that the source gives.")
    var name: String?

    @Option(help: "The preprocessing the network was trained with: a preset's name, or its definition as JSON.")
    var preset: String = ModelImporter.publishedPreset

    @Option(help: "The day to record in the file (YYYY-MM-DD); without it the source file's own date.")
    var date: String?

    func run() throws {
        _ = try Preset(declaration: preset)
        let imported = try ModelImporter.importModel(
            path: source, name: name, preset: preset, date: try date ?? modificationDay())
        try imported.write(to: output)
        let model = try Model(contentsOf: output)
        print("\(output): \(model.metadata.name), \(model.byteCount) bytes, sha256 \(model.sha256)")
    }

    // The day of the source and not of today, so that importing twice gives the same bytes.
    private func modificationDay() throws -> String {
        let attributes = try FileManager.default.attributesOfItem(atPath: source)
        let date = attributes[.modificationDate] as? Date ?? Date(timeIntervalSince1970: 0)
        return date.formatted(.iso8601.year().month().day())
    }
}

struct ModelInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Prints what a model file says of itself, and its tensors.")

    @Argument(help: "The .apus file.")
    var path: String

    func run() throws {
        for line in try Model(contentsOf: path).describe() { print(line) }
    }
}

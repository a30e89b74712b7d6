import ArgumentParser
import Foundation
import Inference
import LightCurves
import ModelFile
import Training

struct QuantiseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantise",
        abstract: "Makes a model for the int8 engine of a float model, by what each choice costs on real input.",
        discussion: """
            The input is made from alert files by the model's own preset, or taken from a tensor `model_input` (rows, length, channels) \
            of a safetensors file. Ranges of activations are measured on it and frozen in the new model; each layer has 8 bits if the \
            probabilities bear it, else 16. The loss is the mean total variation from the float reference's probabilities.
            """)

    @Option(name: .shortAndLong, help: "The .apus file to write.")
    var output: String

    @Option(help: "A safetensors file with a tensor `model_input`, instead of alert files.")
    var inputs: String?

    @Option(help: "The mean total variation that 8-bit layers may cost in all.")
    var budget = 0.01

    @Option(help: "Use at most this many rows.")
    var rows = 2000

    @Argument(help: "The float .apus model.")
    var model: String

    @Argument(help: "Avro files of alerts, or folders of them.")
    var alerts: [String] = []

    func validate() throws {
        guard inputs != nil || !alerts.isEmpty else { throw ValidationError("Give alert files, or --inputs.") }
        guard budget > 0, budget.isFinite else { throw ValidationError("--budget must be more than 0.") }
        guard rows > 0 else { throw ValidationError("--rows must be 1 or more.") }
    }

    func run() throws {
        let model = try Model(contentsOf: model)
        let data = try inputs.map { try calibrationRows($0, model) } ?? alertRows(model)
        guard data.rows.count > 0 else { throw ValidationError("None of the alerts makes input of this model.") }
        var options = Quantiser.Options()
        options.lossBudget = budget
        let (metadata, tensors, report) = try Quantiser(model: model, data: data, options: options).quantise()
        try ModelWriter.write(metadata, tensors, to: output)
        for line in report.table(rows: data.rows.count) { print(line) }
        let written = try Model(contentsOf: output)
        print("\(output): \(written.byteCount) bytes, sha256 \(written.sha256)")
    }

    private func alertRows(_ model: Model) throws -> CalibrationRows {
        let preset = try Preset(declaration: model.metadata.preset)
        return try AlertRows(preset: preset, paths: alerts, limit: rows).calibrationRows(ragged: model.architecture.isRagged)
    }

    private func calibrationRows(_ path: String, _ model: Model) throws -> CalibrationRows {
        let shape = model.architecture
        let values: [Float] = try Safetensors(contentsOf: path).values("model_input")
        let width = shape.length * shape.channels
        guard shape.scalars == 0, values.count % width == 0 else {
            throw ValidationError("\(path): model_input does not hold rows of \(shape.length) x \(shape.channels).")
        }
        let count = min(rows, values.count / width)
        return CalibrationRows(inputs: Array(values[..<(count * width)]), rows: .equal(count: count))
    }
}

extension Quantiser.Report {
    func table(rows: Int) -> [String] {
        func number(_ value: Double) -> String { String(format: "%.5f", value) }
        func row(_ layer: String, _ loss: String, _ bits: String) -> String {
            layer.padding(toLength: 24, withPad: " ", startingAt: 0) + loss.padding(toLength: 12, withPad: " ", startingAt: 0) + bits
        }
        return [row("layer in 8 bits", "loss", "written as")]
            + layers.map { row($0.layer, number($0.meanTotalVariation), $0.isNarrow ? "8 bits" : "16 bits") }
            + [
                row("none", number(wideLoss), ""), row("as written", number(loss), ""),
                "\(rows) rows, the same class for \(String(format: "%.2f", agreement * 100)) %, "
                    + "largest difference of a probability \(number(largestDifference))",
            ]
    }
}

import ArgumentParser
import Foundation
import Inference
import LightCurves
import ModelFile
import Training

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Scores a model on alerts whose classes are known.",
        discussion: """
            An alert weighs 1 in accuracy, Brier score and calibration error; in recall and log-loss an object weighs 1 in its \
            class. An alert of which the model's preset makes no input counts as a uniform distribution, and as wrong.
            """)

    @Option(help: "The .apus model.")
    var model: String

    @OptionGroup var options: TruthOptions

    @Option(help: "Write the probabilities here, as CSV: candid and a column a class.")
    var predictions: String?

    func run() throws {
        let model = try Model(contentsOf: model)
        let classes = model.metadata.classes
        let truth = try LabelledAlert.read(path: options.truth, classes: classes)
        let rows = try AlertRows(preset: try Preset(declaration: model.metadata.preset), paths: options.alerts)
        let probabilities = try classify(rows, model)
        if let predictions { try write(rows.candids, probabilities, classes, to: predictions) }
        let rowOfCandid = Dictionary(rows.candids.enumerated().map { ($1, $0) }) { first, _ in first }
        let found: [[Float]?] = truth.map { alert in
            rowOfCandid[alert.candid].map { Array(probabilities[$0 * classes.count..<($0 + 1) * classes.count]) }
        }
        print("\(model.metadata.name), sha256 \(model.sha256)")
        for line in try options.scores(truth, found, classCount: classes.count).table(classes) { print(line) }
    }

    /// (rows, classes), by the engine that serves such a file.
    private func classify(_ rows: AlertRows, _ model: Model) throws -> [Float] {
        let data = rows.calibrationRows(ragged: model.architecture.isRagged)
        var probabilities: [Float] = []
        if model.metadata.quantisation?.activations == .frozen {
            try Int8Engine(model: model).classify(
                data.inputs.span, data.rows, scalars: data.scalars.span, into: &probabilities)
        } else {
            try FloatFastEngine(model: model).classify(
                data.inputs.span, data.rows, scalars: data.scalars.span, into: &probabilities)
        }
        return probabilities
    }

    private func write(_ candids: [Int64], _ probabilities: [Float], _ classes: [String], to path: String) throws {
        var text = "candid," + classes.joined(separator: ",") + "\n"
        for (row, candid) in candids.enumerated() {
            let values = probabilities[row * classes.count..<(row + 1) * classes.count]
            text += "\(candid)," + values.map { "\($0)" }.joined(separator: ",") + "\n"
        }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}

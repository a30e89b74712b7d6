import ArgumentParser
import Foundation
import Training

/// The alerts that a classifier is judged by, and which of them count.
struct TruthOptions: ParsableArguments {
    @Option(parsing: .upToNextOption, help: "Avro files of alerts, or folders of them.")
    var alerts: [String]

    @Option(help: "CSV file with candid, group, label, source, epoch, n_det_g and n_det_r of each alert.")
    var truth: String

    @Option(help: "Only alerts of these sources, separated by commas.")
    var sources: String?

    @Flag(help: "All alerts, not only those with two detections in g and two in r.")
    var all = false

    @Option(help: "A class enters the macro figures with so many objects in the whole truth file.")
    var minimumObjects = 20

    func scores(_ truth: [LabelledAlert], _ probabilities: [[Float]?], classCount: Int) throws -> Scores {
        let wanted = sources.map { Set($0.split(separator: ",").map(String.init)) }
        let places = truth.indices.filter { index in
            (all || truth[index].isWellObserved) && (wanted?.contains(truth[index].source) ?? true)
        }
        guard !places.isEmpty else { throw ValidationError("No alert is left by --sources.") }
        let macro = Scores.macroClasses(truth, classCount: classCount, minimumObjects: minimumObjects)
        return Scores(
            places.map { truth[$0] }, places.map { probabilities[$0] }, classCount: classCount, macro: macro)
    }
}

extension Scores {
    /// The figures as lines of text.
    func table(_ classNames: [String]) -> [String] {
        func cell(_ value: Double?) -> String { (value.map { $0.formatted(4) } ?? "-").leftPadded(9) }
        let head = [
            ("alerts", String(alerts)), ("coverage", coverage.formatted(4)), ("accuracy", accuracy.formatted(4)),
            ("macro recall", macroRecall.formatted(4)), ("balanced log-loss", balancedLogLoss.formatted(4)),
            ("Brier", brier.formatted(4)), ("calibration error", calibrationError.formatted(4)),
        ].map { $0.0.padding(toLength: 20, withPad: " ", startingAt: 0) + $0.1 }
        let rows = classes.enumerated().filter { $0.element.alerts > 0 || $0.element.predicted > 0 }.map { index, score in
            classNames[index].padding(toLength: 16, withPad: " ", startingAt: 0)
                + [score.objects, score.alerts, score.predicted].map { String($0).leftPadded(9) }.joined()
                + cell(score.recall) + cell(score.precision) + cell(score.logLoss)
        }
        let title = ["objects", "alerts", "said", "recall", "precision", "log-loss"].map { $0.leftPadded(9) }.joined()
        return head + ["class".padding(toLength: 16, withPad: " ", startingAt: 0) + title] + rows
    }
}

extension String {
    func leftPadded(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}

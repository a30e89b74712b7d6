import Alerts
import ArgumentParser
import AvroCoding
import Foundation
import Inference
import LightCurves
import ModelFile
import Pipeline
import Settings
import Telemetry
import Workload

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Classifies the alerts in files, without broker or database.",
        discussion: """
            The results go to standard output, a summary to standard error. Exit status 3 when a file could not be read \
            or a message not decoded; the rest is classified all the same.

            Alerts of any age are classified; `apus run` keeps the preset's limit too, which for fink-t2 is --max-age-days 90. \
            The configuration's other cuts (section selection) are made here as well.
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var schemaOptions: SchemaOptions

    @Option(help: "The .apus model file; without it the configuration's.")
    var model: String?

    @Option(help: "\(ClassificationPrinter.Format.allCases.map(\.rawValue).joined(separator: ", "))")
    var format: ClassificationPrinter.Format = .table

    @Option(
        help: "Skip objects first seen longer ago than this, days; without it they may be of any age, as in an archive.")
    var maxAgeDays: Double?

    @Option(help: "\(EngineKind.allCases.map(\.rawValue).joined(separator: ", ")); without it the configuration's.")
    var engine: EngineKind?

    @Option(help: "\(GridEngine.allCases.map(\.rawValue).joined(separator: ", ")); without it the configuration's.")
    var gridEngine: GridEngine?

    @Argument(help: "Avro files, folders, .tar or .tar.gz archives.")
    var paths: [String]

    private static let batchAlerts = 500

    func run() throws {
        let settings = schemaOptions.applied(to: try options.read())
        let loaded = try model.map { try Model(contentsOf: $0) } ?? settings.loadModel()
        var choices = settings.archiveOptions(maximumAgeDays: maxAgeDays)
        if let engine { choices.engine = engine }
        if let gridEngine { choices.gridEngine = gridEngine }
        let classifier = try BatchClassifier(
            model: loaded, options: choices, schemas: settings.schemaSource(waitUnknownMs: 0))
        var source = try AlertSource(paths: paths)
        var printer = ClassificationPrinter(format: format, classes: loaded.metadata.classes)
        var summary = StreamCounters()
        var progress = Progress("alerts")
        var message: [UInt8] = []
        var hasUnreadable = false
        while true {
            do throws(WorkloadError) {
                guard try source.next(into: &message) else { break }
            } catch {
                // One cut archive is no reason to leave the other files alone.
                note("\(error)")
                hasUnreadable = true
                continue
            }
            summary.messages += 1
            summary.bytes += message.count
            do throws(AvroError) {
                _ = try classifier.decode(message.span.bytes)
            } catch {
                // A registry that is down says nothing about the message.
                if error.isRetriable { throw error }
                summary.quarantined[error.kind, default: 0] += 1
                note("\(source.origin): \(error)")
                printer.writeDamaged("\(source.origin)", error)
            }
            if classifier.alerts.count >= Self.batchAlerts {
                try classify(classifier, &printer, &summary)
                progress.update(summary.consumed)
            }
        }
        try classify(classifier, &printer, &summary)
        printer.flush()
        progress.finish()
        note(Self.line(summary))
        if summary.quarantinedTotal > 0 || hasUnreadable { throw ExitCode(3) }
    }

    private func classify(
        _ classifier: BatchClassifier, _ printer: inout ClassificationPrinter, _ summary: inout StreamCounters
    ) throws {
        try classifier.classify()
        printer.write(classifier)
        summary.classified += classifier.features.count
        for case let reason? in classifier.skips { summary.skipped[reason.name, default: 0] += 1 }
        classifier.removeAll()
    }

    private static func line(_ summary: StreamCounters) -> String {
        var text = "\(summary.consumed) alerts: \(summary.classified) classified"
        for (reason, number) in summary.skipped.sorted(by: { $0.key < $1.key }) { text += ", \(number) \(reason)" }
        if summary.quarantinedTotal > 0 { text += ", \(summary.quarantinedTotal) messages not decoded" }
        return text
    }
}

import Alerts
import ArgumentParser
import AvroCoding
import Foundation
import ModelFile
import Pipeline
import Settings

struct LightCurveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lightcurve",
        abstract: "Draws one alert: observations, Gaussian process, the network's input and the class probabilities.",
        discussion: """
            The newest alert of --object, or the alert --candid, or else the first one that is found. Drawn on standard output in \
            characters, and as SVG into a file with --svg. An alert that the preset skips is drawn too, with the reason. Without a \
            model, neither here nor in the configuration, there is only the light curve.

            The curve and its band are a Gaussian process over all bands with detections, time forward and signs kept; \
            the panel below shows what the network got, which is what its preset makes of the alert.
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var schemaOptions: SchemaOptions

    @Option(help: "The .apus model file; without it the configuration's, if that names one.")
    var model: String?

    @Option(help: "The object's name (ZTF objectId, LSST diaObjectId).")
    var object: String?

    @Option(help: "The alert's id (ZTF candid, LSST diaSourceId).")
    var candid: Int64?

    @Option(help: "Write the picture to this file as SVG, too.")
    var svg: String?

    @Option(help: "auto: magnitudes for alerts that have them, unless one is fainter than the reference; magnitude; flux.")
    var axis: FluxAxis = .auto

    @Option(help: "Skip an object first seen longer ago than this, days; without it it may be of any age, as in an archive.")
    var maxAgeDays: Double?

    @Option(help: "Width in characters; without it the terminal's, or 110.")
    var width: Int?

    @Option(help: "Height of the light curve in lines, axes included.")
    var height = 24

    @Argument(help: "Avro files, folders, .tar or .tar.gz archives.")
    var paths: [String]

    private static let widths = 40...1000
    private static let heights = 10...1000

    func validate() throws {
        guard object == nil || candid == nil else { throw ValidationError("Give --object or --candid, not both.") }
        guard object.map({ ObjectId($0) != nil }) ?? true else {
            throw ValidationError("--object is longer than an object's name can be.")
        }
        guard width.map(Self.widths.contains) ?? true else { throw ValidationError("--width must be 40 to 1000.") }
        guard Self.heights.contains(height) else { throw ValidationError("--height must be 10 to 1000.") }
    }

    func run() throws {
        let settings = schemaOptions.applied(to: try options.read())
        let schemas = try settings.schemaSource(waitUnknownMs: 0)
        let hasModel = model != nil || !settings.model.path.isEmpty
        let loaded = hasModel ? try model.map { try Model(contentsOf: $0) } ?? settings.loadModel() : nil

        var finder = AlertFinder(choice, decoder: AlertDecoder(schemas: schemas))
        guard let found = try finder.find(in: paths) else {
            throw NotFound(choice: "\(sought)", alertsRead: finder.alertsRead)
        }
        let plot = try plot(of: found, decoder: finder.decoder, classifier: loaded.map { model in
            try BatchClassifier(model: model, options: settings.archiveOptions(maximumAgeDays: maxAgeDays), schemas: schemas)
        })
        let columns = width ?? max(Terminal.columns ?? 110, Self.widths.lowerBound)
        for line in plot.lines(columns: columns, rows: height, isColored: Terminal.isColored) { print(line) }
        if let svg { try Data(plot.svg.utf8).write(to: URL(fileURLWithPath: svg)) }
        if finder.failures > 0 { throw ExitCode(3) }
    }

    private var choice: AlertFinder.Choice {
        if let candid { return .candid(candid) }
        return object.flatMap { ObjectId($0) }.map { .newest($0) } ?? .first
    }

    private var sought: String {
        if let candid { return "with candid \(candid)" }
        return object.map { "of object \($0)" } ?? "at all"
    }

    private func plot(
        of found: AlertFinder.Found, decoder: AlertDecoder, classifier: BatchClassifier?
    ) throws -> LightCurvePlot {
        var batch = AlertBatch()
        _ = try decoder.decode(found.message.span.bytes, into: &batch)
        var verdict: LightCurvePlot.Verdict?
        if let classifier {
            _ = try classifier.decode(found.message.span.bytes)
            try classifier.classify()
            verdict = try .init(ofAlert: found.index, in: classifier)
        }
        return LightCurvePlot(batch.alerts[found.index], in: batch.detections, axis: axis, verdict: verdict)
    }

    private struct NotFound: Error, CustomStringConvertible {
        let choice: String
        let alertsRead: Int

        var description: String { "there is no alert \(choice) among the \(alertsRead) that were read" }
    }
}

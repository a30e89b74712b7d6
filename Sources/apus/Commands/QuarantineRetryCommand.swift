import Alerts
import ArgumentParser
import AvroCoding
import LightCurves
import ModelFile
import Pipeline
import Settings
import Store

struct QuarantineRetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Decodes and classifies quarantined messages once more.",
        discussion: """
            What is decoded now is stored, and the entry marked resolved, in one transaction; the account still closes. Schemas are \
            looked for as the configuration says. Exit status 3 when an entry stays open.
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var schemaOptions: SchemaOptions

    @Argument(help: "The entries' numbers.")
    var ids: [Int64] = []

    @Option(help: "All open entries of this reason, the newest --limit.")
    var reason: String?

    @Option(help: "At most this many of the reason.")
    var limit = 10_000

    @Option(help: "The .apus model file; without it the configuration's.")
    var model: String?

    func validate() throws {
        guard ids.isEmpty != (reason == nil) else { throw ValidationError("Give either entries or --reason.") }
    }

    func run() throws {
        let settings = schemaOptions.applied(to: try options.read())
        let loaded = try model.map { try Model(contentsOf: $0) } ?? settings.loadModel()
        let classifier = try BatchClassifier(model: loaded, schemas: settings.schemaSource(waitUnknownMs: 0))
        let connection = try Connection(settings.database.connection)
        let quarantine = Quarantine(connection)
        let modelId = try ModelRegistry(connection).register(
            name: loaded.metadata.name, sha256: loaded.sha256, preset: loaded.metadata.preset,
            classes: loaded.metadata.classes)
        let writer = try ResultWriter(connection, modelId: modelId)
        var resolved = 0
        var open = 0
        for entry in try entries(of: quarantine) {
            if let problem = try retry(entry, quarantine, classifier, writer) {
                open += 1
                note("entry \(entry.id): \(problem)")
            } else {
                resolved += 1
            }
        }
        print("\(resolved) resolved, \(open) still open")
        if open > 0 { throw ExitCode(3) }
    }

    private func entries(of quarantine: Quarantine) throws -> [Quarantine.Entry] {
        if let reason { return try quarantine.entries(reason: reason, limit: limit) }
        return try ids.map { id in
            guard let entry = try quarantine.entry(id) else { throw ValidationError("There is no entry \(id).") }
            return entry
        }
    }

    /// - Returns: why the entry stays open; nil when it is resolved.
    private func retry(
        _ entry: Quarantine.Entry, _ quarantine: Quarantine, _ classifier: BatchClassifier, _ writer: ResultWriter
    ) throws -> String? {
        guard entry.resolvedAt == nil else { return nil }
        guard entry.isWhole, let payload = try quarantine.payload(of: entry.id) else {
            return "not all of its bytes were kept"
        }
        classifier.removeAll()
        do throws(AvroError) {
            _ = try classifier.decode(payload.span.bytes)
        } catch {
            // A registry that is down says nothing about the message.
            if error.isRetriable { throw error }
            return "\(error)"
        }
        try classifier.classify()
        do throws(StoreError) {
            _ = try writer.resolve(entry, with: batch(entry, classifier))
            return nil
        } catch .invalidBatch(let reason) {
            return reason
        }
    }

    private func batch(_ entry: Quarantine.Entry, _ classifier: BatchClassifier) -> ResultBatch {
        var batch = ResultBatch()
        var row: Int32 = 0
        for (index, alert) in classifier.alerts.alerts.enumerated() {
            let source = ResultBatch.Source(
                topicId: entry.topicId, partition: entry.partition, offset: entry.offset, alertIndex: Int32(index),
                timestampMs: entry.timestampMs)
            if let reason = classifier.skips[index] {
                batch.append(alert, from: source, outcome: .skipped(reason.name))
            } else {
                batch.append(alert, from: source, outcome: .classified(row: row))
                row += 1
            }
        }
        batch.probabilities.append(contentsOf: classifier.probabilities)
        return batch
    }
}

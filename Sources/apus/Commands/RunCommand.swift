import ArgumentParser
import Foundation
import Logging
import ModelFile
import Pipeline
import ServiceLifecycle
import Settings
import Telemetry
import UnixSignals

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Serves a stream: reads alerts, classifies them, writes them to the database.",
        discussion: """
            SIGTERM or SIGINT stops it when the work in hand is committed. A broker or database that cannot be reached is \
            waited for.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "A file to write totals, rates and latencies to as JSON at the end.")
    var report: String?

    func run() async throws {
        let settings = try options.read()
        guard !settings.kafka.topics.isEmpty else { throw SettingsError.missing(key: "kafka.topics") }
        let model = try settings.loadModel()
        let schemas = try settings.schemaSource()
        let logger = settings.makeLogger()
        let telemetry = RunTelemetry()
        let pipeline = StreamPipeline(
            kafka: settings.kafkaConfiguration(topics: settings.kafka.topics), database: settings.database.connection,
            model: model, configuration: settings.pipelineConfiguration, schemas: schemas,
            options: settings.classifierOptions, telemetry: telemetry, logger: logger)
        var services: [any Service] = []
        if settings.log.statusIntervalMs > 0 {
            services.append(StatusService(telemetry, intervalMs: settings.log.statusIntervalMs, logger: logger))
        }
        services.append(PipelineService(pipeline))
        logger.info(
            "starting",
            metadata: [
                "model": "\(model.metadata.name)", "sha256": "\(model.sha256.prefix(12))",
                "topics": "\(settings.kafka.topics.joined(separator: ","))",
            ])
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()

        let totals = telemetry.snapshot
        let summary = RunReport(totals)
        logger.info("stopped: \(StatusLine(totals, alertsPerSecond: summary.alertsPerSecond))")
        if let report { try summary.write(to: report) }
    }
}

extension Encodable {
    /// Writes a report as JSON with snake_case names, in a fixed order.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(fileURLWithPath: path))
    }
}

import ArgumentParser
import Foundation
import Settings
import Workload

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Sends the alerts in files to a Kafka topic.",
        discussion: """
            A file with many records gives one message a record. Messages are keyed by object, so that an object's alerts keep \
            their order. Ends when the broker has acknowledged every message, or with status 1 if it did not.
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var schemaOptions: SchemaOptions

    @Option(help: "The topic.")
    var topic: String

    @Option(help: "When to send: flat-out, 300/s, poisson:300/s or visits:10000/39s.")
    var rate: String = "flat-out"

    @Option(help: "The seed of a Poisson rate.")
    var seed: UInt64 = 1

    @Option(help: "How often to send the whole; from the second time on with fresh candids, a night later each time.")
    var `repeat`: Int = 1

    @Option(help: "A file to write the totals to as JSON.")
    var report: String?

    @Argument(help: "Avro files, folders, .tar or .tar.gz archives.")
    var paths: [String]

    func validate() throws {
        guard `repeat` >= 1 else { throw ValidationError("--repeat must be 1 or more") }
        guard !topic.hasPrefix("^") else { throw ValidationError("--topic must be a topic's name, not a pattern") }
    }

    func run() throws {
        let settings = schemaOptions.applied(to: try options.read())
        var replay = try Replay(
            paths: paths, topic: topic, kafka: settings.kafkaConfiguration(topics: []),
            schedule: ReplaySchedule(.init(parsing: rate, seed: seed)), repeats: `repeat`,
            schemas: settings.schemaSource(waitUnknownMs: 0))
        var progress = Progress("messages")
        let summary = try replay.run { progress.update($0) }
        progress.finish()
        let rate = String(format: "%.2f s (%.0f/s)", summary.seconds, summary.messagesPerSecond)
        let lag = String(format: "%.1f ms", summary.largestLagMs)
        note("\(summary.messages) messages, \(summary.bytes) bytes to \(topic) in \(rate), latest send \(lag) behind its time")
        if let report { try summary.write(to: report) }
    }
}

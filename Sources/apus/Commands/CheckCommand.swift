import ArgumentParser
import Foundation
import ModelFile
import Pipeline
import Settings
import Store
import Streaming

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Looks at configuration, model, database and broker: a line each, status 1 when one fails.")

    @OptionGroup var options: ConfigurationOptions

    private static let brokerTimeoutMs: Int32 = 10_000

    func run() throws {
        let settings: Settings
        do {
            settings = try options.read()
        } catch {
            print("failed  configuration: \(error)")
            throw ExitCode.failure
        }
        var hasFailed = false
        func check(_ name: String, _ body: () throws -> String) {
            do {
                print("ok      \(name): \(try body())")
            } catch {
                print("failed  \(name): \(error)")
                hasFailed = true
            }
        }
        check("configuration") {
            guard !settings.kafka.topics.isEmpty else { throw SettingsError.missing(key: "kafka.topics") }
            return options.path ?? "defaults and environment"
        }
        check("model") {
            let model = try settings.loadModel()
            _ = try BatchClassifier(model: model)
            return "\(model.metadata.name), preset \(model.metadata.preset), \(model.metadata.classes.count) classes"
        }
        check("database") {
            let migrator = Migrator(try Connection(settings.database.connection))
            try migrator.check()
            return "schema version \(migrator.knownVersion)"
        }
        check("broker") { try broker(settings) }
        if hasFailed { throw ExitCode.failure }
    }

    /// The brokers answer, and each topic name or pattern has a topic.
    private func broker(_ settings: Settings) throws -> String {
        let cluster = try Admin(settings.kafkaConfiguration(topics: [])).metadata(timeoutMs: Self.brokerTimeoutMs)
        for name in settings.kafka.topics {
            let isThere: Bool
            if name.hasPrefix("^") {
                let pattern = try Regex(name)
                isThere = cluster.topics.contains { $0.name.firstMatch(of: pattern) != nil }
            } else {
                isThere = cluster.topics.contains { $0.name == name }
            }
            guard isThere else { throw MissingTopic(name: name, brokers: settings.kafka.brokers) }
        }
        return "\(settings.kafka.brokers), \(cluster.topics.count) topics"
    }

    private struct MissingTopic: Error, CustomStringConvertible {
        let name: String
        let brokers: String

        var description: String {
            name.hasPrefix("^")
                ? "no topic at \(brokers) matches \(name) yet; `apus run` picks it up when it appears"
                : "there is no topic \(name) at \(brokers)"
        }
    }
}

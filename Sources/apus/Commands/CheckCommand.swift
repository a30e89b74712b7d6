import ArgumentParser
import AvroCoding
import Foundation
import ModelFile
import Pipeline
import SchemaRegistry
import Settings
import Store
import Streaming

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Looks at configuration, model, database and broker: a line each, status 1 when one fails.")

    @OptionGroup var options: ConfigurationOptions

    private static let brokerTimeoutMs = 10_000

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
            _ = try BatchClassifier(model: model, options: settings.classifierOptions)
            return "\(model.metadata.name), preset \(model.metadata.presetName ?? ""), \(model.metadata.classes.count) classes"
        }
        check("database") {
            let migrator = Migrator(try Connection(settings.database.connection))
            try migrator.check()
            return "schema version \(migrator.knownVersion)"
        }
        if settings.schemas.isConfigured { check("schemas") { try schemas(settings) } }
        check("broker") { try broker(settings) }
        if hasFailed { throw ExitCode.failure }
    }

    /// The files and the folder can be read, and the registry answers.
    private func schemas(_ settings: Settings) throws -> String {
        var parts: [String] = []
        if let folder = try settings.schemaFolder() {
            parts.append("\(folder.schemaPaths.count) schema files")
        }
        if let registry = try settings.registryClient() {
            parts.append("registry \(settings.schemas.registry) with \(try registry.check().sorted().joined(separator: ", "))")
        }
        return parts.joined(separator: "; ")
    }

    /// The brokers answer, and each topic is there; a pattern may wait for its first topic, as `apus run` does.
    private func broker(_ settings: Settings) throws -> String {
        let cluster = try Admin(settings.kafkaConfiguration(topics: [])).metadata(timeoutMs: Self.brokerTimeoutMs)
        var line = "\(settings.kafka.brokers)"
        for name in settings.kafka.topics {
            guard name.hasPrefix("^") else {
                guard cluster.topics.contains(where: { $0.name == name }) else {
                    throw MissingTopic(name: name, brokers: settings.kafka.brokers)
                }
                line += ", topic \(name)"
                continue
            }
            let pattern = try Regex(name)
            let matches = cluster.topics.filter { $0.name.firstMatch(of: pattern) != nil }
            line += ", \(matches.isEmpty ? "no topic" : "\(matches.count) topics") like \(name)"
        }
        return line
    }

    private struct MissingTopic: Error, CustomStringConvertible {
        let name: String
        let brokers: String

        var description: String { "there is no topic \(name) at \(brokers): create it, or correct kafka.topics" }
    }
}

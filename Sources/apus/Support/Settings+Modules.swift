import Foundation
import Logging
import ModelFile
import Pipeline
import Settings
import Streaming

// What the configuration file says, in the terms of the modules that do the work.
extension Settings {
    /// - Throws: an error that says how to get a model when none is named.
    func loadModel() throws -> ModelFile.Model {
        guard !model.path.isEmpty else { throw SettingsError.missing(key: "model.path") }
        return try ModelFile.Model(contentsOf: model.path)
    }

    var pipelineConfiguration: PipelineConfiguration {
        PipelineConfiguration(
            workers: pipeline.workers == 0 ? ProcessInfo.processInfo.activeProcessorCount : pipeline.workers,
            batchMessages: pipeline.batchMessages, lingerMs: pipeline.lingerMs, queueBatches: pipeline.queueBatches,
            drainTimeoutMs: pipeline.drainTimeoutMs)
    }

    /// - Parameter topics: what to read; empty for a producer.
    func kafkaConfiguration(topics: [String]) -> KafkaConfiguration {
        KafkaConfiguration(
            brokers: kafka.brokers, groupId: kafka.group, topics: topics,
            settings: kafka.librdkafka.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) })
    }

    /// The process's logger, to standard error.
    func makeLogger() -> Logger {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "apus")
        logger.logLevel = Logger.Level(rawValue: log.level) ?? .info
        return logger
    }
}

import Alerts
import AvroCoding
import Foundation
import Logging
import ModelFile
import Pipeline
import Store
import Streaming
import Telemetry
import TestSupport
import Testing
import Workload

/// A topic, an empty migrated database and the published model, for one test.
final class StreamFixture {
    let topic: String
    let broker: TemporaryBroker
    let database: String
    let model: Model
    let connection: Connection

    init(partitions: Int = 3, database: String? = nil, isMigrated: Bool = true) throws {
        broker = try TemporaryBroker.shared()
        topic = "alerts_\(UUID().uuidString.prefix(8).lowercased())"
        try broker.createTopic(topic, partitions: partitions)
        self.database = try database ?? TemporaryPostgres.shared().createDatabase()
        connection = try Connection(self.database)
        if isMigrated { _ = try Migrator(connection).migrate() }
        model = try ModelImporter.importModel(path: PublishedModel.tflitePath, date: "2026-01-01").model()
    }

    var kafka: KafkaConfiguration {
        KafkaConfiguration(
            brokers: broker.address, groupId: "group-\(topic)", topics: [topic],
            // The development broker makes a new member wait for half of the session timeout.
            settings: [("session.timeout.ms", "6000"), ("heartbeat.interval.ms", "500")])
    }

    func pipeline(
        batchMessages: Int = 64, workers: Int = 2, drainTimeoutMs: Int = 20_000, schemas: SchemaSource = SchemaSource()
    ) -> StreamPipeline {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return StreamPipeline(
            kafka: kafka, database: database, model: model,
            configuration: PipelineConfiguration(
                workers: workers, batchMessages: batchMessages, lingerMs: 20, queueBatches: 2,
                drainTimeoutMs: drainTimeoutMs),
            schemas: schemas, telemetry: RunTelemetry(), logger: logger)
    }

    /// Encoded simulated alerts; the same for a seed.
    ///
    /// - Parameter schemaId: makes Confluent frames with this id instead of containers.
    static func messages(_ count: Int, seed: UInt64 = 11, schemaId: Int32? = nil) throws -> [[UInt8]] {
        var simulator = try Simulator(configuration: SimulatorConfiguration(seed: seed, alertCount: count))
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        var batch = AlertBatch()
        var messages: [[UInt8]] = []
        while simulator.next(into: &batch) != nil {
            var bytes: [UInt8] = []
            if let schemaId {
                try encoder.encodeFrame(batch.alerts[0], batch.detections, schemaId: schemaId, into: &bytes)
            } else {
                try encoder.encodeMessage(batch.alerts[0], batch.detections, into: &bytes)
            }
            messages.append(bytes)
            batch.removeAll()
        }
        return messages
    }

    /// Sends messages to the topic, by turns to its partitions, and waits until the broker has them.
    func send(_ messages: [[UInt8]], partitions: Int = 3) throws {
        let producer = try Producer(kafka)
        for (index, message) in messages.enumerated() {
            try producer.produce(topic: topic, partition: Int32(index % partitions), payload: message)
        }
        try producer.flush(timeoutMs: 30_000)
    }

    func number(_ sql: SQL) throws -> Int {
        Int(try connection.query(sql).scalar ?? "") ?? -1
    }

    /// Waits until this many messages are behind the committed offsets.
    func waitUntilConsumed(_ count: Int) throws {
        let isDone = try eventually(timeoutMs: 60_000) {
            try number("SELECT coalesce(sum(next_offset), 0) FROM stream_offset") >= count
        }
        let consumed = try number("SELECT coalesce(sum(next_offset), 0) FROM stream_offset")
        try #require(isDone, "only \(consumed) of \(count) messages were consumed")
    }
}

/// Runs a pipeline on a thread of its own until it is stopped.
final class RunningPipeline: Sendable {
    private let pipeline: StreamPipeline
    private let result: FinishedRun

    private final class FinishedRun: Sendable {
        let semaphore = DispatchSemaphore(value: 0)
        // SAFETY: written before the semaphore is signalled, read after it was waited for.
        nonisolated(unsafe) var error: PipelineError?
    }

    init(_ pipeline: StreamPipeline) {
        self.pipeline = pipeline
        let result = FinishedRun()
        self.result = result
        Thread.detachNewThread {
            do throws(PipelineError) { try pipeline.run() } catch { result.error = error }
            result.semaphore.signal()
        }
    }

    func stop() throws {
        pipeline.stop()
        try wait()
    }

    func wait() throws {
        result.semaphore.wait()
        if let error = result.error { throw error }
    }
}

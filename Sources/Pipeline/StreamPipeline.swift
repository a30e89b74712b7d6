public import AvroCoding
public import Logging
public import ModelFile
import Store
public import Streaming
public import Telemetry

/// The route from a topic to the database: one consumer thread, workers, one writer thread, bounded queues between them.
public final class StreamPipeline: Sendable {
    private let kafka: KafkaConfiguration
    private let database: String
    private let model: Model
    private let schemas: SchemaSource
    private let options: ClassifierOptions
    private let configuration: PipelineConfiguration
    public let telemetry: RunTelemetry
    private let logger: Logger
    private let stopSignal: StopSignal

    /// - Parameters:
    ///   - database: libpq's connection string.
    ///   - schemas: where the schemas of messages are that do not hold their own; while it has none to give for now, the
    ///     stream waits.
    ///   - options: how the alerts of this stream are classified.
    public init(
        kafka: KafkaConfiguration, database: String, model: Model, configuration: PipelineConfiguration,
        schemas: SchemaSource = SchemaSource(), options: ClassifierOptions = ClassifierOptions(),
        telemetry: RunTelemetry, logger: Logger
    ) {
        self.kafka = kafka
        self.database = database
        self.model = model
        self.schemas = schemas
        self.options = options
        self.configuration = configuration
        self.telemetry = telemetry
        self.logger = logger
        stopSignal = StopSignal(drainTimeoutMs: configuration.drainTimeoutMs)
    }

    /// Asks the pipeline to commit what it has in hand and end; `run` returns when it has.
    public func stop() {
        stopSignal.set(now: MonotonicClock.nanoseconds)
    }

    /// Serves the stream until `stop` is called; blocks the calling thread.
    ///
    /// A broker or database that cannot be reached is waited for. Throws what waiting does not mend.
    public func run() throws(PipelineError) {
        try validate()
        guard let (control, modelId) = try connect() else { return }
        let work = BoundedQueue<Work>(capacity: configuration.queueBatches)
        let finished = BoundedQueue<Finished>(capacity: configuration.queueBatches)
        let pool = ResultPool()
        let inFlight = InFlight()
        let committed = CommittedOffsets()
        let rejoin = RejoinRequest()

        var workers: [WorkerThread] = []
        for number in 0..<configuration.workers {
            let loop = WorkerLoop(
                classifier: try BatchClassifier(model: model, options: options, schemas: schemas), work: work,
                finished: finished, pool: pool, inFlight: inFlight, telemetry: telemetry, stop: stopSignal, logger: logger)
            workers.append(WorkerThread(name: "apus-worker-\(number)", owning: loop) { $0.run() })
        }
        let writerLoop = WriterLoop(
            database: database, modelId: modelId, finished: finished, pool: pool, inFlight: inFlight, committed: committed,
            telemetry: telemetry, stop: stopSignal, rejoin: rejoin, logger: logger)
        let writerThread = WorkerThread(name: "apus-writer", owning: writerLoop) { $0.run() }
        let consumerLoop = ConsumerLoop(
            kafka: kafka, configuration: configuration, control: control, work: work, inFlight: inFlight,
            committed: committed, telemetry: telemetry, stop: stopSignal, rejoin: rejoin, logger: logger)
        let consumer = WorkerThread(name: "apus-consumer", owning: consumerLoop) { $0.run() }

        // The order of ending is the order of the route, so each queue is closed when nothing can come any more.
        consumer.join()
        work.close()
        for worker in workers { worker.join() }
        finished.close()
        writerThread.join()
        if let error = stopSignal.error { throw error }
    }

    private func validate() throws(PipelineError) {
        do throws(StreamingError) {
            try kafka.validate()
        } catch {
            throw .streaming(reason: "\(error)")
        }
        // A partition is claimed for a whole assignment; strategies that move single partitions are not handled.
        let strategy = kafka.settings.last { $0.name == "partition.assignment.strategy" }?.value ?? ""
        guard !strategy.contains("cooperative") else {
            throw .streaming(reason: "partition.assignment.strategy must be range or roundrobin, not \(strategy)")
        }
    }

    /// Connects to the database and registers the model, waiting for the database; nil when the pipeline was stopped meanwhile.
    private func connect() throws(PipelineError) -> (control: Connection, modelId: Int32)? {
        var backoff = Backoff(seed: MonotonicClock.nanoseconds)
        while !stopSignal.isSet {
            do throws(StoreError) {
                let control = try Connection(database)
                try Migrator(control).check()
                let registry = ModelRegistry(control)
                let id = try registry.register(
                    name: model.metadata.name, sha256: model.sha256, preset: model.metadata.presetName ?? "",
                    classes: model.metadata.classes)
                try registry.activate(id)
                return (control, id)
            } catch {
                guard error.isRetriable else { throw .store(reason: "\(error)") }
                let delayMs = backoff.nextDelayMs()
                logger.warning("database not available", metadata: ["reason": "\(error)", "retryInMs": "\(delayMs)"])
                WorkerThread.sleep(ms: delayMs)
            }
        }
        return nil
    }
}

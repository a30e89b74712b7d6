public import Logging
public import ServiceLifecycle
import Telemetry

/// The pipeline as a service: runs on threads of its own until it fails or the group shuts down, then drains.
public struct PipelineService: Service {
    private let pipeline: StreamPipeline

    public init(_ pipeline: StreamPipeline) {
        self.pipeline = pipeline
    }

    public func run() async throws {
        try await withGracefulShutdownHandler {
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                    _ = WorkerThread(name: "apus-pipeline", owning: pipeline) { pipeline in
                        continuation.resume(with: Result { try pipeline.run() })
                    }
                }
            } onCancel: {
                pipeline.stop()
            }
        } onGracefulShutdown: {
            pipeline.stop()
        }
    }
}

/// Logs a line about the stream every so often.
public struct StatusService: Service {
    private let telemetry: RunTelemetry
    private let intervalMs: Int
    private let logger: Logger

    public init(_ telemetry: RunTelemetry, intervalMs: Int, logger: Logger) {
        self.telemetry = telemetry
        self.intervalMs = intervalMs
        self.logger = logger
    }

    public func run() async throws {
        var consumedBefore = 0
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .milliseconds(intervalMs))) != nil {
                let totals = telemetry.snapshot
                let consumed = totals.counters.consumed
                let rate = Double(consumed - consumedBefore) * 1000 / Double(intervalMs)
                consumedBefore = consumed
                logger.info("\(StatusLine(totals, alertsPerSecond: rate))")
            }
        }
    }
}

public import ServiceLifecycle

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

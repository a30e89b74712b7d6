/// Sizes and times of the route through the threads.
public struct PipelineConfiguration: Sendable {
    /// Threads that decode and classify.
    public var workers: Int
    /// Messages in a batch, at most.
    public var batchMessages: Int
    /// How long a batch that is not full may wait for more messages.
    public var lingerMs: Int
    /// Batches in each queue, at most.
    public var queueBatches: Int
    /// How long a stopping pipeline, or one that loses partitions, waits for work in hand to be committed.
    public var drainTimeoutMs: Int

    public init(
        workers: Int, batchMessages: Int = 500, lingerMs: Int = 50, queueBatches: Int = 4, drainTimeoutMs: Int = 30_000
    ) {
        self.workers = workers
        self.batchMessages = batchMessages
        self.lingerMs = lingerMs
        self.queueBatches = queueBatches
        self.drainTimeoutMs = drainTimeoutMs
    }
}

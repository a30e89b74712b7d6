/// How a network is fitted; with the data and the seed it determines the weights.
public struct TrainingPlan: Sendable, Codable, Equatable {
    public var epochs = 60
    public var batch = 64
    public var learningRate = LearningRate.oneCycle(peak: 4e-3)
    public var weightDecay: Float = 0.01
    public var dropout = 0.1
    /// Longest gradient that is not cut, by its Euclidean norm; 0 cuts none.
    public var clip: Float = 1
    /// Share of the last epochs over whose steps the weights are averaged; 0 takes the last ones.
    public var averaged = 0.25
    /// Epochs without a lower validation loss after which the run ends; nil goes on to the end.
    public var patience: Int?
    public var seed: UInt64 = 1
    public var threads = 2

    public init() {}
}

/// Input of the network for the selected alerts of one batch; reused from batch to batch.
public struct FeatureBatch: Sendable {
    /// (count, length, channels), row-major; every value is finite.
    public var inputs: [Float] = []
    /// For each row the index of its alert in `AlertBatch.alerts`, ascending.
    public var alertIndices: [Int] = []
    /// Grid points of a row, T.
    public var length: Int
    /// Values of a grid point, C.
    public var channels: Int

    public init(length: Int, channels: Int) {
        self.length = length
        self.channels = channels
    }

    /// An empty batch of a preset's shape.
    public init(preset: Preset) {
        self.init(length: preset.inputLength, channels: preset.channels)
    }

    /// Rows, one a selected alert.
    public var count: Int { alertIndices.count }

    /// Empties the batch and keeps its memory.
    public mutating func removeAll() {
        inputs.removeAll(keepingCapacity: true)
        alertIndices.removeAll(keepingCapacity: true)
    }
}

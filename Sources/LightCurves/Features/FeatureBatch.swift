/// Input of the network for the selected alerts of one batch; reused from batch to batch.
///
/// Rows have as many positions as their alert needs and lie one behind the other.
public struct FeatureBatch: Sendable {
    /// (positions of all rows, channels), row-major; every value is finite.
    public var inputs: [Float] = []
    /// Where each row begins, counted in positions, and where the last one ends: `count` + 1 numbers, the first is 0.
    public var rowStarts: [Int] = [0]
    /// (count, scalarCount), row-major; every value is finite.
    public var scalars: [Float] = []
    /// For each row the index of its alert in `AlertBatch.alerts`, ascending.
    public var alertIndices: [Int] = []
    /// Values that a position has, C.
    public var channels: Int
    /// Values that a row has beside its positions.
    public var scalarCount: Int

    public init(channels: Int, scalarCount: Int = 0) {
        self.channels = channels
        self.scalarCount = scalarCount
    }

    /// An empty batch of a preset's shape.
    public init(preset: Preset) {
        self.init(channels: preset.channels, scalarCount: preset.scalars.count)
    }

    /// Rows, one a selected alert.
    public var count: Int { alertIndices.count }

    /// The places of a row's values in `inputs`.
    public func inputRange(row: Int) -> Range<Int> {
        (rowStarts[row] * channels)..<(rowStarts[row + 1] * channels)
    }

    /// Empties the batch and keeps its memory.
    public mutating func removeAll() {
        inputs.removeAll(keepingCapacity: true)
        rowStarts.removeAll(keepingCapacity: true)
        rowStarts.append(0)
        scalars.removeAll(keepingCapacity: true)
        alertIndices.removeAll(keepingCapacity: true)
    }

    /// Ends a row, whose positions and scalars have been appended.
    mutating func endRow(alert index: Int) {
        rowStarts.append(inputs.count / channels)
        alertIndices.append(index)
    }

    /// Drops what has been appended since the last row's end.
    mutating func dropUnfinishedRow() {
        inputs.removeLast(inputs.count - (rowStarts.last ?? 0) * channels)
        scalars.removeLast(scalars.count - count * scalarCount)
    }
}

/// Examples that one thread takes through the network together: rows of features of any lengths, one after another.
public struct Shard: Sendable {
    /// (rowStarts.last, channels), row-major.
    public var inputs: [Float] = []
    /// Where each example's positions begin; one more entry than examples.
    public var rowStarts: [Int] = [0]
    /// (count, scalarCount), row-major.
    public var scalars: [Float] = []
    /// (count, classes): what the network should say; each example's sums to 1.
    public var targets: [Float] = []
    /// How much each example counts.
    public var weights: [Float] = []

    public init() {}

    public var count: Int { rowStarts.count - 1 }
    public var positions: Int { rowStarts[rowStarts.count - 1] }

    /// Empties it and keeps its memory.
    public mutating func removeAll() {
        inputs.removeAll(keepingCapacity: true)
        rowStarts.removeAll(keepingCapacity: true)
        rowStarts.append(0)
        scalars.removeAll(keepingCapacity: true)
        targets.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
    }
}

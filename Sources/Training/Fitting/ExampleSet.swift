/// Examples to learn from or to be judged by: ragged features, soft targets, weights.
public struct ExampleSet: Sendable {
    /// Values of a position, C.
    public var channels: Int
    public var scalarCount: Int
    public var classes: Int
    /// (positions, channels) of all examples, one after another.
    public var inputs: [Float] = []
    /// Where each example's positions begin; one more entry than examples.
    public var rowStarts: [Int] = [0]
    /// (count, scalarCount).
    public var scalars: [Float] = []
    /// (count, classes); each example's sums to 1.
    public var targets: [Float] = []
    /// How much each example counts.
    public var weights: [Float] = []

    public init(channels: Int, scalarCount: Int, classes: Int) {
        self.channels = channels
        self.scalarCount = scalarCount
        self.classes = classes
    }

    public var count: Int { rowStarts.count - 1 }

    public mutating func append(
        inputs: some Collection<Float>, scalars: some Collection<Float>, target: some Collection<Float>, weight: Float
    ) {
        self.inputs.append(contentsOf: inputs)
        rowStarts.append(self.inputs.count / channels)
        self.scalars.append(contentsOf: scalars)
        targets.append(contentsOf: target)
        weights.append(weight)
    }

    /// Appends one example to a shard.
    func copy(_ index: Int, to shard: inout Shard) {
        let (first, end) = (rowStarts[index], rowStarts[index + 1])
        shard.inputs.append(contentsOf: inputs[first * channels..<end * channels])
        shard.rowStarts.append(shard.positions + end - first)
        shard.scalars.append(contentsOf: scalars[index * scalarCount..<(index + 1) * scalarCount])
        shard.targets.append(contentsOf: targets[index * classes..<(index + 1) * classes])
        shard.weights.append(weights[index])
    }
}

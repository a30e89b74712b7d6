public import ModelFile

/// Runs a network in float with double accumulators: the oracle for faster engines, and good enough to serve.
public final class FloatReferenceEngine: Engine {
    /// Outputs of the network's steps, as `trace` reports them.
    public enum Layer: String, Sendable, CaseIterable {
        /// (T, E): the embedding with the position code added.
        case embedding
        /// (T, H D) each.
        case query, key, value
        /// (T, H D): the weighted sums of values, which the attention's output layer takes.
        case context
        /// (T, E): the attention's output layer, before it is added to its input.
        case attention
        /// (T, E): after the first layer normalisation.
        case norm1
        /// (T, F): between the two layers of the feed-forward network.
        case middle
        /// (T, E): after the second normalisation, the block's output.
        case norm2
        /// (pooled width and scalars).
        case pooled
        /// (K), before the temperature.
        case logits
    }

    public let input: InputShape
    private let shape: Architecture
    private let weights: NetworkWeights
    private let temperature: Double
    private let workspace: Workspace

    public init(model: Model) throws(InferenceError) {
        shape = model.architecture
        do {
            weights = try NetworkWeights(model)
        } catch {
            throw .unusableModel(error)
        }
        temperature = model.metadata.calibration.temperature
        workspace = Workspace(shape)
        input = InputShape(shape)
    }

    public func classify(
        _ inputs: Span<Float>, _ rows: BatchRows, scalars: Span<Float>, into probabilities: inout [Float]
    ) throws(InferenceError) {
        probabilities.removeAll(keepingCapacity: true)
        try input.check(inputs, rows, scalars)
        probabilities.reserveCapacity(rows.count * classCount)
        // SAFETY: the pointers are used inside the closures only.
        let overflow: Int? = inputs.withUnsafeBufferPointer { inputs in
            scalars.withUnsafeBufferPointer { scalars in
                for row in 0..<rows.count {
                    let positions = rows.positions(of: row, length: length)
                    let values = (positions.lowerBound * channels)..<(positions.upperBound * channels)
                    let own = (row * input.scalars)..<((row + 1) * input.scalars)
                    forward(
                        UnsafeBufferPointer(rebasing: inputs[values]), UnsafeBufferPointer(rebasing: scalars[own])
                    ) { _, _, _ in }
                    let logits = UnsafeBufferPointer(workspace.logits)
                    guard FloatSteps.appendSoftmax(logits, temperature: temperature, to: &probabilities) else {
                        return row
                    }
                }
                return nil
            }
        }
        if let row = overflow {
            probabilities.removeAll(keepingCapacity: true)
            throw .nonFiniteResult(row: row)
        }
    }

    /// Reports every step's output for one input (T, C) and its scalars; the layers of block n have `block` n, those
    /// outside the blocks 0.
    ///
    /// The values are valid inside `observe` only.
    public func trace(
        _ values: [Float], scalars: [Float] = [],
        _ observe: (_ layer: Layer, _ block: Int, _ values: UnsafeBufferPointer<Float>) -> Void
    ) throws(InferenceError) {
        let rows = input.isRagged ? BatchRows.ragged(starts: [0, values.count / channels]) : .equal(count: 1)
        try input.check(values.span, rows, scalars.span)
        values.withUnsafeBufferPointer { values in
            scalars.withUnsafeBufferPointer { forward(values, $0, observe) }
        }
    }
}

// MARK: - The network

extension FloatReferenceEngine {
    private typealias Observer = (Layer, Int, UnsafeBufferPointer<Float>) -> Void
    private typealias Values = UnsafeBufferPointer<Float>

    /// One input (T, C) to `workspace.logits`.
    private func forward(_ input: Values, _ scalars: Values, _ observe: Observer) {
        let rows = input.count / shape.channels
        func report(_ layer: Layer, _ block: Int, _ buffer: UnsafeMutableBufferPointer<Float>, _ width: Int) {
            observe(layer, block, Values(rebasing: buffer[..<(rows * width)]))
        }
        FloatSteps.dense(input, rows: rows, weights.embedding, relu: true, into: workspace.hidden, row: workspace.row)
        weights.position.withUnsafeBufferPointer { position in
            if position.count > 0 { FloatSteps.add(position, to: workspace.hidden, count: rows * shape.embed) }
        }
        report(.embedding, 0, workspace.hidden, shape.embed)
        for (index, layer) in weights.layers.enumerated() {
            attend(layer, rows)
            report(.query, index, workspace.query, shape.attentionWidth)
            report(.key, index, workspace.key, shape.attentionWidth)
            report(.value, index, workspace.value, shape.attentionWidth)
            report(.context, index, workspace.context, shape.attentionWidth)
            report(.attention, index, workspace.branch, shape.embed)
            addAndNormalise(layer.ln1, rows)
            report(.norm1, index, workspace.hidden, shape.embed)
            let hidden = Values(workspace.hidden)
            FloatSteps.dense(
                hidden, rows: rows, layer.ffn0, relu: true, into: workspace.middle, row: workspace.row)
            report(.middle, index, workspace.middle, shape.ff)
            FloatSteps.dense(
                Values(workspace.middle), rows: rows, layer.ffn1, into: workspace.branch, row: workspace.row)
            addAndNormalise(layer.ln2, rows)
            report(.norm2, index, workspace.hidden, shape.embed)
        }
        pool(rows, scalars, observe)
    }

    /// branch = attention(hidden) through the output layer; all (rows, E).
    private func attend(_ layer: EncoderWeights, _ rows: Int) {
        let hidden = Values(workspace.hidden)
        FloatSteps.dense(hidden, rows: rows, layer.query, into: workspace.query, row: workspace.row)
        FloatSteps.dense(hidden, rows: rows, layer.key, into: workspace.key, row: workspace.row)
        FloatSteps.dense(hidden, rows: rows, layer.value, into: workspace.value, row: workspace.row)
        FloatSteps.attention(workspace, length: rows, heads: shape.heads, headDim: shape.headDim)
        FloatSteps.dense(Values(workspace.context), rows: rows, layer.out, into: workspace.branch, row: workspace.row)
    }

    /// hidden = LN(hidden + branch); (rows, E).
    private func addAndNormalise(_ norm: LayerNormWeights, _ rows: Int) {
        FloatSteps.add(Values(workspace.branch), to: workspace.hidden, count: rows * shape.embed)
        FloatSteps.layerNorm(workspace.hidden, rows: rows, norm)
    }

    /// hidden (rows, E) to logits: pooling, the scalars beside it, the head, the classifier.
    private func pool(_ rows: Int, _ scalars: Values, _ observe: Observer) {
        let hidden = Values(workspace.hidden)
        let (pooled, embed) = (workspace.pooled, shape.embed)
        FloatSteps.meanPool(
            hidden, length: rows, into: UnsafeMutableBufferPointer(rebasing: pooled[..<embed]), row: workspace.row)
        if shape.pooling == .meanAndMaximum {
            let largest = UnsafeMutableBufferPointer(rebasing: pooled[embed..<(2 * embed)])
            FloatSteps.maximumPool(hidden, length: rows, into: largest)
        }
        for index in 0..<shape.scalars { pooled[shape.pooledWidth + index] = scalars[index] }
        observe(.pooled, 0, Values(rebasing: pooled[..<(shape.pooledWidth + shape.scalars)]))
        var (from, to) = (pooled, workspace.head)
        for layer in weights.head {
            FloatSteps.dense(Values(from), rows: 1, layer, relu: true, into: to, row: workspace.row)
            swap(&from, &to)
        }
        FloatSteps.dense(Values(from), rows: 1, weights.classifier, into: workspace.logits, row: workspace.row)
        observe(.logits, 0, Values(workspace.logits))
    }
}

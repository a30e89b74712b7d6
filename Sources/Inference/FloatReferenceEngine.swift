public import ModelFile

/// Runs a network in float with double accumulators: the oracle for faster engines, and good enough to serve.
///
/// Owned by one worker and not Sendable; it holds its own copy of the weights (int8 kernels as scale * q) and all the
/// memory it needs. Each row is computed alone, so a result never depends on what else is in the batch. Takes any
/// shape of the family.
public final class FloatReferenceEngine {
    /// Outputs of the network's steps, as `trace` reports them.
    public enum Layer: String, Sendable, CaseIterable {
        /// (T, E): the embedding with the position code added.
        case embedding
        /// (T, E): the attention's output layer, before it is added to its input.
        case attention
        /// (T, E): after the first layer normalisation.
        case norm1
        /// (T, E): after the second, the block's output.
        case norm2
        /// (E).
        case pooled
        /// (K), before the temperature.
        case logits
    }

    public let classCount: Int
    /// Positions of the input, T.
    public let length: Int
    /// Values per position, C.
    public let channels: Int
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
        classCount = shape.classes
        length = shape.length
        channels = shape.channels
    }

    /// Class probabilities of a batch: inputs (count, T, C) row-major, all finite, to probabilities (count, classes).
    ///
    /// `probabilities` is emptied first, whatever happens, and its memory kept: the same array given again is not
    /// allocated again. On an error it is left empty.
    public func classify(
        _ inputs: Span<Float>, count: Int, into probabilities: inout [Float]
    ) throws(InferenceError) {
        probabilities.removeAll(keepingCapacity: true)
        let rowCount = try check(inputs, count: count)
        probabilities.reserveCapacity(count * classCount)
        // SAFETY: the pointer is used inside the closure only.
        let overflow: Int? = inputs.withUnsafeBufferPointer { inputs in
            for row in 0..<count {
                forward(UnsafeBufferPointer(rebasing: inputs[(row * rowCount)..<((row + 1) * rowCount)])) { _, _, _ in }
                let logits = UnsafeBufferPointer(workspace.logits)
                guard FloatSteps.appendSoftmax(logits, temperature: temperature, to: &probabilities) else { return row }
            }
            return nil
        }
        if let row = overflow {
            probabilities.removeAll(keepingCapacity: true)
            throw .nonFiniteResult(row: row)
        }
    }

    /// `classify` for an array.
    public func classify(
        _ inputs: [Float], count: Int, into probabilities: inout [Float]
    ) throws(InferenceError) {
        try classify(inputs.span, count: count, into: &probabilities)
    }

    /// Reports every step's output for one input (T, C); the layers of block n have `block` n, those outside the
    /// blocks 0.
    ///
    /// The values are valid inside `observe` only.
    public func trace(
        _ input: [Float], _ observe: (_ layer: Layer, _ block: Int, _ values: UnsafeBufferPointer<Float>) -> Void
    ) throws(InferenceError) {
        _ = try check(input.span, count: 1)
        input.withUnsafeBufferPointer { forward($0, observe) }
    }

    /// Refuses a batch of the wrong size or with a value that is not finite; returns the values per row.
    private func check(_ inputs: Span<Float>, count: Int) throws(InferenceError) -> Int {
        // Extents of a model are at most 65,536: their product is no overflow, that with the caller's count may be.
        let rowCount = length * channels
        let (expected, overflow) = rowCount.multipliedReportingOverflow(by: count)
        guard count >= 0, !overflow, inputs.count == expected else {
            throw .inputCount(expected: overflow || count < 0 ? 0 : expected, found: inputs.count)
        }
        for index in 0..<inputs.count where !inputs[index].isFinite {
            throw .nonFiniteInput(row: index / rowCount)
        }
        return rowCount
    }
}

// MARK: - The network

extension FloatReferenceEngine {
    private typealias Observer = (Layer, Int, UnsafeBufferPointer<Float>) -> Void

    /// One input (T, C) to `workspace.logits`.
    private func forward(_ input: UnsafeBufferPointer<Float>, _ observe: Observer) {
        let hidden = UnsafeBufferPointer(workspace.hidden)
        FloatSteps.dense(
            input, rows: length, weights.embedding, relu: true, into: workspace.hidden, row: workspace.row)
        weights.position.withUnsafeBufferPointer { FloatSteps.add($0, to: workspace.hidden) }
        observe(.embedding, 0, hidden)
        for (index, layer) in weights.layers.enumerated() {
            attend(layer)
            observe(.attention, index, UnsafeBufferPointer(workspace.branch))
            addAndNormalise(layer.ln1)
            observe(.norm1, index, hidden)
            feedForward(layer)
            addAndNormalise(layer.ln2)
            observe(.norm2, index, hidden)
        }
        FloatSteps.meanPool(hidden, length: length, into: workspace.pooled, row: workspace.row)
        observe(.pooled, 0, UnsafeBufferPointer(workspace.pooled))
        FloatSteps.dense(
            UnsafeBufferPointer(workspace.pooled), rows: 1, weights.classifier, into: workspace.logits,
            row: workspace.row)
        observe(.logits, 0, UnsafeBufferPointer(workspace.logits))
    }

    /// branch = attention(hidden) through the output layer; all (T, E).
    private func attend(_ layer: EncoderWeights) {
        let hidden = UnsafeBufferPointer(workspace.hidden)
        FloatSteps.dense(hidden, rows: length, layer.query, into: workspace.query, row: workspace.row)
        FloatSteps.dense(hidden, rows: length, layer.key, into: workspace.key, row: workspace.row)
        FloatSteps.dense(hidden, rows: length, layer.value, into: workspace.value, row: workspace.row)
        FloatSteps.attention(workspace, length: length, heads: shape.heads, headDim: shape.headDim)
        FloatSteps.dense(
            UnsafeBufferPointer(workspace.context), rows: length, layer.out, into: workspace.branch, row: workspace.row)
    }

    /// branch[t] = ReLU(hidden[t] K0 + b0) K1 + b1 for every position; hidden, branch (T, E).
    private func feedForward(_ layer: EncoderWeights) {
        let width = shape.embed
        for t in 0..<length {
            let range = (t * width)..<((t + 1) * width)
            FloatSteps.dense(
                UnsafeBufferPointer(rebasing: workspace.hidden[range]), rows: 1, layer.ffn0, relu: true,
                into: workspace.middle, row: workspace.row)
            FloatSteps.dense(
                UnsafeBufferPointer(workspace.middle), rows: 1, layer.ffn1,
                into: UnsafeMutableBufferPointer(rebasing: workspace.branch[range]), row: workspace.row)
        }
    }

    /// hidden = LN(hidden + branch); (T, E).
    private func addAndNormalise(_ norm: LayerNormWeights) {
        FloatSteps.add(UnsafeBufferPointer(workspace.branch), to: workspace.hidden)
        FloatSteps.layerNorm(workspace.hidden, rows: length, norm)
    }
}

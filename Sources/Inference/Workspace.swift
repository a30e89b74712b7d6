import ModelFile

/// Memory for one alert's way through a network, allocated once.
///
/// Activations are float, (rows, width) row-major; what is summed up is double.
struct Workspace: ~Copyable {
    /// (T, E): the alert's current representation.
    let hidden: UnsafeMutableBufferPointer<Float>
    /// (T, E): what a block adds to it.
    let branch: UnsafeMutableBufferPointer<Float>
    /// (T, H D) each.
    let query, key, value, context: UnsafeMutableBufferPointer<Float>
    /// (T, F): the feed-forward network's middle.
    let middle: UnsafeMutableBufferPointer<Float>
    /// (pooled width and scalars), then each layer of the head.
    let pooled: UnsafeMutableBufferPointer<Float>
    /// (K).
    let logits: UnsafeMutableBufferPointer<Float>
    /// (D, T) each: one head's keys and values, transposed so that positions are contiguous.
    let keys, values: UnsafeMutableBufferPointer<Double>
    /// (T): one query's scores, then its softmax numerators.
    let scores: UnsafeMutableBufferPointer<Double>
    /// A layer of the head.
    let head: UnsafeMutableBufferPointer<Float>
    /// As wide as the widest dense layer or (E): one row being summed up.
    let row: UnsafeMutableBufferPointer<Double>

    init(_ shape: Architecture) {
        // SAFETY: every buffer is allocated here, set to zero before any use, and freed once in deinit.
        func floats(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
            let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
            buffer.initialize(repeating: 0)
            return buffer
        }
        func doubles(_ count: Int) -> UnsafeMutableBufferPointer<Double> {
            let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: count)
            buffer.initialize(repeating: 0)
            return buffer
        }
        let attention = shape.length * shape.attentionWidth
        hidden = floats(shape.length * shape.embed)
        branch = floats(shape.length * shape.embed)
        query = floats(attention)
        key = floats(attention)
        value = floats(attention)
        context = floats(attention)
        middle = floats(shape.length * shape.ff)
        let headWidth = max(shape.pooledWidth + shape.scalars, shape.head.max() ?? 0)
        pooled = floats(headWidth)
        head = floats(headWidth)
        logits = floats(shape.classes)
        keys = doubles(shape.headDim * shape.length)
        values = doubles(shape.headDim * shape.length)
        scores = doubles(shape.length)
        row = doubles(max(shape.embed, shape.attentionWidth, shape.ff, shape.classes, headWidth))
    }

    deinit {
        for buffer in [hidden, branch, query, key, value, context, middle, pooled, head, logits] { buffer.deallocate() }
        for buffer in [keys, values, scores, row] { buffer.deallocate() }
    }
}

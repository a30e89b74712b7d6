import CKernels
import ModelFile

/// Memory for a chunk of rows on their way through the integer engine, allocated once; the engine's `AlignedMemory` owns it.
struct IntegerWorkspace {
    /// What fits: about the positions that keep a chunk in the second-level cache, at least one row.
    let positionCapacity, rowCapacity: Int
    /// Elements from one position's (or row's) values to the next's.
    let embedStride, projectedStride, contextStride, middleStride, pooledStride: Int
    /// (positions, E).
    let hidden: UnsafeMutablePointer<Float>
    /// (positions, E), 8 or 16 bits: `hidden` quantised for the next layer.
    let integers: UnsafeMutableRawPointer
    /// (positions, 3 H D): query | key | value.
    let projected: UnsafeMutablePointer<Int16>
    /// (positions, H D) or (positions, F), 8 or 16 bits: the context or the feed-forward network's middle.
    let wide: UnsafeMutableRawPointer
    /// Of the attention kernel.
    let scratch: UnsafeMutableRawPointer
    /// (rows, pooled and scalars).
    let pooled: UnsafeMutablePointer<Float>
    /// (rows, widest layer of the head), twice: one layer's input and output.
    let head: [UnsafeMutablePointer<Float>]
    /// (rows, K).
    let logits: UnsafeMutablePointer<Float>
    /// (K).
    let probabilities: UnsafeMutablePointer<Float>

    init(_ shape: Architecture, pooledWidth: Int, _ memory: AlignedMemory) {
        positionCapacity = max(192, shape.length)
        rowCapacity = 64
        let dim = (shape.headDim + 1) / 2 * 2
        embedStride = shape.embed.padded
        projectedStride = (3 * shape.heads * dim).padded
        contextStride = (shape.heads * dim).padded
        middleStride = shape.ff.padded
        pooledStride = pooledWidth.padded
        hidden = memory.floats(positionCapacity * embedStride)
        integers = memory.bytes(positionCapacity * embedStride * 2)
        projected = memory.bytes(positionCapacity * projectedStride * 2)
            .bindMemory(to: Int16.self, capacity: positionCapacity * projectedStride)
        wide = memory.bytes(positionCapacity * max(contextStride, middleStride) * 2)
        scratch = memory.bytes(apus_attention_scratch(shape.length, dim))
        pooled = memory.floats(rowCapacity * pooledStride)
        let widest = (shape.head.max() ?? 0).padded
        head = (0..<2).map { _ in memory.floats(64 * widest) }
        logits = memory.floats(rowCapacity * shape.classes.padded)
        probabilities = memory.floats(shape.classes.padded)
    }
}

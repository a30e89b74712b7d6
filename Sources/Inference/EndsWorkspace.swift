import ModelFile

/// Memory for a chunk of rows before and after the encoder blocks, allocated once.
struct EndsWorkspace {
    /// What fits: about the positions that keep a chunk in the second-level cache, at least one row.
    let positionCapacity, rowCapacity: Int
    /// Elements from one position's (or row's) values to the next's.
    let embedStride, pooledStride: Int
    /// (positions, E).
    let hidden: UnsafeMutablePointer<Float>
    /// (rows, pooled and scalars).
    let pooled: UnsafeMutablePointer<Float>
    /// (rows, widest layer of the head), twice: one layer's input and output.
    let head: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
    /// (rows, K).
    let logits: UnsafeMutablePointer<Float>
    /// (K).
    let probabilities: UnsafeMutablePointer<Float>

    init(_ shape: Architecture, pooledWidth: Int, _ memory: AlignedMemory) {
        positionCapacity = max(192, shape.length)
        rowCapacity = 64
        embedStride = shape.embed.padded
        pooledStride = pooledWidth.padded
        hidden = memory.floats(positionCapacity * embedStride)
        pooled = memory.floats(rowCapacity * pooledStride)
        let widest = (shape.head.max() ?? 0).padded
        head = (memory.floats(rowCapacity * widest), memory.floats(rowCapacity * widest))
        logits = memory.floats(rowCapacity * shape.classes.padded)
        probabilities = memory.floats(shape.classes.padded)
    }
}

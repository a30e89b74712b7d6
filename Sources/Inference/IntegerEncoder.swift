import CKernels
import ModelFile

/// The encoder blocks in integers.
struct IntegerEncoder: Encoder {
    private let kernels: apus_int8_kernels
    private let ends: FloatEnds
    private let blocks: [IntegerBlock]
    private let shape: Architecture
    /// (positions, E) and its stride.
    private let hidden: UnsafeMutablePointer<Float>
    private let embedStride: Int
    private let projectedStride, contextStride, middleStride: Int
    /// (positions, E), 8 or 16 bits: `hidden` quantised for the next layer.
    private let integers: UnsafeMutableRawPointer
    /// (positions, 3 H D): query | key | value.
    private let projected: UnsafeMutablePointer<Int16>
    /// (positions, H D) or (positions, F), 8 or 16 bits: the context or the feed-forward network's middle.
    private let wide: UnsafeMutableRawPointer
    /// Of the attention kernel.
    private let scratch: UnsafeMutableRawPointer

    init(
        _ model: Model, _ kernels: apus_int8_kernels, _ memory: AlignedMemory, _ ends: FloatEnds, _ space: EndsWorkspace
    ) throws(ModelFileError) {
        self.kernels = kernels
        self.ends = ends
        shape = model.architecture
        var blocks: [IntegerBlock] = []
        for layer in 0..<shape.layers { blocks.append(try IntegerBlock(layer: layer, of: model, kernels, memory)) }
        self.blocks = blocks
        hidden = space.hidden
        embedStride = space.embedStride
        let (positions, dim) = (space.positionCapacity, (shape.headDim + 1) / 2 * 2)
        projectedStride = (3 * shape.heads * dim).padded
        contextStride = (shape.heads * dim).padded
        middleStride = shape.ff.padded
        integers = memory.bytes(positions * embedStride * 2)
        projected = memory.bytes(positions * projectedStride * 2)
            .bindMemory(to: Int16.self, capacity: positions * projectedStride)
        wide = memory.bytes(positions * max(contextStride, middleStride) * 2)
        scratch = memory.bytes(apus_attention_scratch(shape.length, dim))
    }

    func encode(_ inputs: UnsafePointer<Float>, _ rows: BatchRows, _ chunk: Range<Int>) {
        let start = rows.positions(of: chunk.lowerBound, length: shape.length).lowerBound
        let count = rows.positions(of: chunk.upperBound - 1, length: shape.length).upperBound - start
        var quantiser = blocks[0].input
        ends.embed(inputs, rows, chunk) { layer, values, positions, code in
            let at = (positions.lowerBound - start) * embedStride
            kernels.float_dense(
                layer, values, shape.channels, positions.count, code, hidden + at, &quantiser,
                integers + at * Int(quantiser.bytes), embedStride)
        }
        for (index, block) in blocks.enumerated() {
            attend(block, rows, chunk, start, count)
            // What follows the last block is not quantised for another: any quantiser does.
            feedForward(block, count, next: index + 1 < blocks.count ? blocks[index + 1].input : block.normed)
        }
    }

    private func attend(_ block: IntegerBlock, _ rows: BatchRows, _ chunk: Range<Int>, _ start: Int, _ count: Int) {
        var (dense, quantiser, attention) = (block.queryKeyValue, block.projected, block.attention)
        kernels.dense(&dense, integers, embedStride, count, &quantiser, projected, projectedStride)
        for row in chunk {
            let positions = rows.positions(of: row, length: shape.length)
            let at = positions.lowerBound - start
            kernels.attention(
                &attention, projected + at * projectedStride, projectedStride, positions.count, scratch,
                wide + at * contextStride * Int(attention.output.bytes), contextStride)
        }
        var (out, norm, normed) = (block.out, block.norm1, block.normed)
        kernels.dense_add_norm(&out, wide, contextStride, count, hidden, &norm, &normed, integers, embedStride)
    }

    private func feedForward(_ block: IntegerBlock, _ count: Int, next: apus_quantiser) {
        var (ffn0, ffn1, norm, middle, next) = (block.ffn0, block.ffn1, block.norm2, block.middle, next)
        kernels.dense(&ffn0, integers, embedStride, count, &middle, wide, middleStride)
        kernels.dense_add_norm(&ffn1, wide, middleStride, count, hidden, &norm, &next, integers, embedStride)
    }
}

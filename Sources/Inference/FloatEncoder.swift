import CKernels
import ModelFile

/// The encoder blocks in float, every product and sum rounded to it.
struct FloatEncoder: Encoder {
    private struct Block {
        let queryKeyValue, out, ffn0, ffn1: apus_float_dense
        let norm1, norm2: apus_layer_norm
    }

    private let kernels: apus_int8_kernels
    private let ends: FloatEnds
    private let blocks: [Block]
    private let shape: Architecture
    private let scale: Float
    private let hidden: UnsafeMutablePointer<Float>
    private let embedStride, projectedStride, contextStride, middleStride: Int
    /// (positions, E): what a block adds to `hidden`.
    private let branch: UnsafeMutablePointer<Float>
    /// (positions, 3 H D): query | key | value.
    private let projected: UnsafeMutablePointer<Float>
    /// (positions, H D) or (positions, F).
    private let wide: UnsafeMutablePointer<Float>
    private let scratch: UnsafeMutableRawPointer

    init(
        _ model: Model, _ kernels: apus_int8_kernels, _ memory: AlignedMemory, _ ends: FloatEnds, _ space: EndsWorkspace
    ) throws(ModelFileError) {
        self.kernels = kernels
        self.ends = ends
        let shape = model.architecture
        self.shape = shape
        scale = Float(1 / Double(shape.headDim).squareRoot())
        var blocks: [Block] = []
        for layer in 0..<shape.layers {
            let prefix = "layers.\(layer)"
            func dense(_ name: String, _ inputs: Int, _ outputs: Int, relu: Bool = false) throws(ModelFileError) -> apus_float_dense {
                try apus_float_dense(
                    "\(prefix).\(name)", inputs: inputs, outputs: outputs, relu: relu, of: model, memory)
            }
            blocks.append(
                Block(
                    queryKeyValue: try apus_float_dense(
                        joining: ["query", "key", "value"].map { "\(prefix).attn.\($0)" }, inputs: shape.embed,
                        outputs: shape.attentionWidth, of: model, memory),
                    out: try dense("attn.out", shape.attentionWidth, shape.embed),
                    ffn0: try dense("ffn.0", shape.embed, shape.ff, relu: true),
                    ffn1: try dense("ffn.1", shape.ff, shape.embed),
                    norm1: try apus_layer_norm("\(prefix).ln1", of: model, memory),
                    norm2: try apus_layer_norm("\(prefix).ln2", of: model, memory)))
        }
        self.blocks = blocks
        hidden = space.hidden
        embedStride = space.embedStride
        projectedStride = (3 * shape.attentionWidth).padded
        contextStride = shape.attentionWidth.padded
        middleStride = shape.ff.padded
        branch = memory.floats(space.positionCapacity * embedStride)
        projected = memory.floats(space.positionCapacity * projectedStride)
        wide = memory.floats(space.positionCapacity * max(contextStride, middleStride))
        scratch = memory.bytes(apus_attention_scratch(shape.length, shape.headDim))
    }

    func encode(_ inputs: UnsafePointer<Float>, _ rows: BatchRows, _ chunk: Range<Int>) {
        let start = rows.positions(of: chunk.lowerBound, length: shape.length).lowerBound
        let count = rows.positions(of: chunk.upperBound - 1, length: shape.length).upperBound - start
        ends.embed(inputs, rows, chunk) { layer, values, positions, code in
            let to = hidden + (positions.lowerBound - start) * embedStride
            kernels.float_dense(layer, values, shape.channels, positions.count, code, to, nil, nil, 0)
        }
        func dense(_ layer: apus_float_dense, _ x: UnsafePointer<Float>, _ stride: Int, _ y: UnsafeMutablePointer<Float>) {
            var layer = layer
            kernels.float_dense(&layer, x, stride, count, nil, y, nil, nil, 0)
        }
        for block in blocks {
            dense(block.queryKeyValue, hidden, embedStride, projected)
            for row in chunk {
                let positions = rows.positions(of: row, length: shape.length)
                let at = positions.lowerBound - start
                kernels.float_attention(
                    shape.heads, shape.headDim, scale, projected + at * projectedStride, projectedStride, positions.count,
                    scratch, wide + at * contextStride, contextStride)
            }
            dense(block.out, wide, contextStride, branch)
            var (norm1, norm2) = (block.norm1, block.norm2)
            kernels.add_norm(hidden, branch, embedStride, count, &norm1)
            dense(block.ffn0, hidden, embedStride, wide)
            dense(block.ffn1, wide, middleStride, branch)
            kernels.add_norm(hidden, branch, embedStride, count, &norm2)
        }
    }
}

import CKernels
import Foundation
import ModelFile

/// One encoder block with packed integer weights; its memory belongs to the engine.
struct IntegerBlock {
    /// query | key | value of all heads in one product, each head's features padded to an even number.
    let queryKeyValue: apus_dense
    let attention: apus_attention
    let out: apus_dense
    let norm1: apus_layer_norm
    let ffn0, ffn1: apus_dense
    let norm2: apus_layer_norm
    /// The quantisers of what goes into `queryKeyValue` (of this block), its outputs, `ffn0` and `ffn1`.
    let input, projected, normed, middle: apus_quantiser

    init(
        layer: Int, of model: Model, _ kernels: apus_int8_kernels, _ memory: AlignedMemory
    ) throws(ModelFileError) {
        let shape = model.architecture
        let (prefix, heads, dim) = ("layers.\(layer)", shape.heads, shape.headDim)
        let paddedDim = (dim + 1) / 2 * 2
        func columns(_ name: String, _ inputs: Int, _ outputs: Int) throws(ModelFileError) -> IntegerColumns {
            try IntegerColumns("\(prefix).\(name)", inputs: inputs, outputs: outputs, of: model)
        }
        func scale(_ name: String, for columns: IntegerColumns) throws(ModelFileError) -> ActivationScale {
            let range = try model.floats("\(prefix).\(name).input")
            guard !columns.isNarrow else { return .narrow(range) }
            return .wide(range, limit: IntegerColumns.activationLimit(inputs: columns.inputs))
        }
        func checked(_ dense: apus_dense?, _ name: String) throws(ModelFileError) -> apus_dense {
            guard let dense else {
                throw .invalidField(
                    path: model.metadata.name, field: "\(prefix).\(name).input", reason: "its range is out of scale")
            }
            return dense
        }

        let projections = try ["query", "key", "value"].map { name throws(ModelFileError) in
            try columns("attn.\(name)", shape.embed, shape.attentionWidth)
                .paddingOutputs(heads: heads, dim: dim, to: paddedDim)
        }
        guard projections.allSatisfy({ $0.isNarrow == projections[0].isNarrow }) else {
            throw .invalidField(
                path: model.metadata.name, field: "\(prefix).attn.key.kernel",
                reason: "query, key and value must all be int8 or all be float")
        }
        let joined = projections[0].joined(with: projections[1]).joined(with: projections[2])
        let heads3 = try HeadScales(prefix, of: model)
        let inputScale = try scale("attn", for: joined)
        let width = heads * paddedDim
        queryKeyValue = try checked(
            apus_dense(
                joined, input: inputScale, outputScale: { heads3.scale(output: $0, width: width, dim: paddedDim) },
                kernels, memory), "attn")

        let outColumns = try columns("attn.out", shape.attentionWidth, shape.embed)
            .paddingInputs(heads: heads, dim: dim, to: paddedDim)
        let contextScale = try scale("attn.out", for: outColumns)
        out = try checked(
            apus_dense(outColumns, input: contextScale, outputScale: { _ in 1 }, kernels, memory), "attn.out")
        let multipliers = (0..<width).map { Float(heads3.value[$0 / paddedDim] / contextScale.scale) }
        let shifts = memory.integers(heads)
        for head in 0..<heads { shifts[head] = heads3.shift[head] }
        attention = apus_attention(
            heads: Int32(heads), dim: Int32(paddedDim), shift: shifts,
            multiplier: memory.floats(multipliers, padded: width.padded), output: contextScale.quantiser(kernels))

        let ffn0Columns = try columns("ffn.0", shape.embed, shape.ff)
        let ffn1Columns = try columns("ffn.1", shape.ff, shape.embed)
        let normScale = try scale("ffn.0", for: ffn0Columns)
        let middleScale = try scale("ffn.1", for: ffn1Columns)
        ffn0 = try checked(
            apus_dense(
                ffn0Columns, input: normScale, outputScale: { _ in middleScale.scale }, outputZero: middleScale.zero,
                kernels, memory), "ffn.0")
        ffn1 = try checked(
            apus_dense(ffn1Columns, input: middleScale, outputScale: { _ in 1 }, kernels, memory), "ffn.1")
        norm1 = try apus_layer_norm("\(prefix).ln1", of: model, memory)
        norm2 = try apus_layer_norm("\(prefix).ln2", of: model, memory)
        input = inputScale.quantiser(kernels)
        projected = heads3.quantiser
        normed = normScale.quantiser(kernels)
        middle = middleScale.quantiser(kernels, relu: true)
    }
}

extension apus_layer_norm {
    init(_ name: String, of model: Model, _ memory: AlignedMemory) throws(ModelFileError) {
        let width = model.architecture.embed
        self.init(
            width: Int32(width), epsilon: Float(model.architecture.layerNormEpsilon),
            gamma: memory.floats(try model.floats("\(name).gamma"), padded: width.padded),
            beta: memory.floats(try model.floats("\(name).beta"), padded: width.padded))
    }
}

import CKernels
import ModelFile

extension apus_float_dense {
    /// A layer with its outputs padded to 16; its inputs may lie further apart: `place` says at which input of the kernel's
    /// rows each of the model's lies.
    init(
        _ name: String, inputs: Int, outputs: Int, relu: Bool, paddedInputs: Int? = nil,
        place: (Int) -> Int = { $0 }, of model: Model, _ memory: AlignedMemory
    ) throws(ModelFileError) {
        let rows = paddedInputs ?? inputs
        let values = try model.floats("\(name).kernel")
        let kernel = memory.floats(rows * outputs.padded)
        for k in 0..<inputs {
            for n in 0..<outputs { kernel[place(k) * outputs.padded + n] = values[k * outputs + n] }
        }
        self.init(
            inputs: Int32(rows), outputs: Int32(outputs.padded), relu: relu ? 1 : 0, kernel: kernel,
            bias: memory.floats(try model.floats("\(name).bias"), padded: outputs.padded))
    }
}

/// The float ends of a network, around its blocks.
struct FloatEnds {
    let embedding: apus_float_dense
    /// (T, E padded); nil if the network has no position code.
    let position: UnsafeMutablePointer<Float>?
    /// The layers of the head, then the classifier.
    let head: [apus_float_dense]
    /// Mean, largest value and scalars, each pooled part padded to 16.
    let pooledWidth: Int

    init(_ model: Model, _ memory: AlignedMemory) throws(ModelFileError) {
        let shape = model.architecture
        let (embed, padded) = (shape.embed, shape.embed.padded)
        embedding = try apus_float_dense(
            "embedding", inputs: shape.channels, outputs: embed, relu: true, of: model, memory)
        if shape.position == .sinusoid {
            let code = SinusoidCode.values(length: shape.length, embed: embed)
            let table = memory.floats(shape.length * padded)
            for index in code.indices { table[index / embed * padded + index % embed] = code[index] }
            position = table
        } else {
            position = nil
        }
        let parts = shape.pooledWidth / embed
        pooledWidth = parts * padded + shape.scalars
        var layers: [apus_float_dense] = []
        var (width, paddedWidth) = (shape.pooledWidth + shape.scalars, pooledWidth)
        for (index, outputs) in (shape.head + [shape.classes]).enumerated() {
            let isLast = index == shape.head.count
            layers.append(
                try apus_float_dense(
                    isLast ? "classifier" : "head.\(index)", inputs: width, outputs: outputs, relu: !isLast,
                    paddedInputs: paddedWidth,
                    place: { index > 0 ? $0 : $0 < parts * embed ? $0 / embed * padded + $0 % embed
                        : $0 + parts * (padded - embed) },
                    of: model, memory))
            (width, paddedWidth) = (outputs, outputs)
        }
        head = layers
    }
}

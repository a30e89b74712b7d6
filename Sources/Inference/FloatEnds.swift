import CKernels
import ModelFile

/// The float ends of a network, around its blocks.
struct FloatEnds {
    let embedding: apus_float_dense
    /// (T, E padded); nil if the network has no position code.
    let position: UnsafeMutablePointer<Float>?
    private let length, channels: Int
    /// The layers of the head, then the classifier.
    let head: [apus_float_dense]
    /// Mean, largest value and scalars, each pooled part padded to 16.
    let pooledWidth: Int

    init(_ model: Model, _ memory: AlignedMemory) throws(ModelFileError) {
        let shape = model.architecture
        let (embed, padded) = (shape.embed, shape.embed.padded)
        (length, channels) = (shape.length, shape.channels)
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

    /// Calls `run` with the embedding layer for stretches of the chunk's positions, with their values and position code:
    /// one stretch, or one for each row where positions have a code.
    func embed(
        _ inputs: UnsafePointer<Float>, _ rows: BatchRows, _ chunk: Range<Int>,
        _ run: (
            _ layer: UnsafePointer<apus_float_dense>, _ values: UnsafePointer<Float>, _ positions: Range<Int>,
            _ code: UnsafePointer<Float>?
        ) -> Void
    ) {
        var layer = embedding
        guard let position else {
            let first = rows.positions(of: chunk.lowerBound, length: length).lowerBound
            let last = rows.positions(of: chunk.upperBound - 1, length: length).upperBound
            run(&layer, inputs + first * channels, first..<last, nil)
            return
        }
        for row in chunk {
            let positions = rows.positions(of: row, length: length)
            run(&layer, inputs + positions.lowerBound * channels, positions, position)
        }
    }
}

import CKernels
import ModelFile

/// The encoder blocks of a network in one arithmetic.
protocol Encoder {
    /// `hidden` (positions, E padded) = the last block's output for the chunk's rows.
    func encode(_ inputs: UnsafePointer<Float>, _ rows: BatchRows, _ chunk: Range<Int>)
}

/// Runs a network on a batch some rows at a time, so that what a chunk needs stays in the second-level cache.
struct ChunkedNetwork<Blocks: Encoder> {
    let input: InputShape
    let kernels: apus_int8_kernels
    let blocks: Blocks
    private let ends: FloatEnds
    private let space: EndsWorkspace
    private let shape: Architecture
    private let inverseTemperature: Float
    // Owns what the pointers of all parts point to.
    private let memory: AlignedMemory

    /// - Parameter makeBlocks: the encoder, given the memory to allocate from, the embedding and the place of `hidden`.
    init(
        _ model: Model, _ instructions: InstructionSet?,
        makeBlocks: (apus_int8_kernels, AlignedMemory, FloatEnds, EndsWorkspace) throws(ModelFileError) -> Blocks
    ) throws(InferenceError) {
        let set = instructions ?? .selected
        guard let kernels = apus_int8_kernels_for(set) else { throw .unavailableKernels(String(cString: set.nameBytes)) }
        self.kernels = kernels.pointee
        shape = model.architecture
        input = InputShape(shape)
        inverseTemperature = Float(1 / model.metadata.calibration.temperature)
        memory = AlignedMemory()
        do {
            ends = try FloatEnds(model, memory)
            space = EndsWorkspace(shape, pooledWidth: ends.pooledWidth, memory)
            blocks = try makeBlocks(kernels.pointee, memory, ends, space)
        } catch {
            throw .unusableModel(error)
        }
    }

    /// See `Engine.classify`.
    func classify(
        _ inputs: Span<Float>, _ rows: BatchRows, scalars: Span<Float>, into probabilities: inout [Float]
    ) throws(InferenceError) {
        probabilities.removeAll(keepingCapacity: true)
        try input.check(inputs, rows, scalars)
        probabilities.reserveCapacity(rows.count * input.classCount)
        // SAFETY: the pointers are used inside the closures only.
        let overflow: Int? = inputs.withUnsafeBufferPointer { inputs in
            scalars.withUnsafeBufferPointer { scalars in
                guard let values = inputs.baseAddress else { return nil }
                var first = 0
                while first < rows.count {
                    let chunk = first..<end(ofChunkFrom: first, rows)
                    blocks.encode(values, rows, chunk)
                    pool(rows, chunk, scalars)
                    if let row = appendProbabilities(chunk, to: &probabilities) { return row }
                    first = chunk.upperBound
                }
                return nil
            }
        }
        if let row = overflow {
            probabilities.removeAll(keepingCapacity: true)
            throw .nonFiniteResult(row: row)
        }
    }

    /// As many rows as the workspace holds positions of, at least one.
    private func end(ofChunkFrom first: Int, _ rows: BatchRows) -> Int {
        let start = rows.positions(of: first, length: input.length).lowerBound
        var last = first + 1
        while last < rows.count, last - first < space.rowCapacity,
            rows.positions(of: last, length: input.length).upperBound - start <= space.positionCapacity
        {
            last += 1
        }
        return last
    }

    /// The chunk's logits, by way of pooling, the scalars and the head.
    private func pool(_ rows: BatchRows, _ chunk: Range<Int>, _ scalars: UnsafeBufferPointer<Float>) {
        let width = space.embedStride
        let start = rows.positions(of: chunk.lowerBound, length: input.length).lowerBound
        for row in chunk {
            let positions = rows.positions(of: row, length: input.length)
            let pooled = space.pooled + (row - chunk.lowerBound) * space.pooledStride
            let hidden = space.hidden + (positions.lowerBound - start) * width
            let largest = shape.pooling == .meanAndMaximum ? pooled + width : nil
            kernels.pool(hidden, positions.count, width, pooled, largest)
            let own = pooled + (ends.pooledWidth - shape.scalars)
            for index in 0..<shape.scalars { own[index] = scalars[row * shape.scalars + index] }
        }
        var (from, stride) = (space.pooled, space.pooledStride)
        for (index, layer) in ends.head.enumerated() {
            var layer = layer
            let to = index + 1 == ends.head.count ? space.logits : index % 2 == 0 ? space.head.0 : space.head.1
            kernels.float_dense(&layer, from, stride, chunk.count, nil, to, nil, nil, 0)
            (from, stride) = (to, Int(layer.outputs))
        }
    }

    /// The first row whose logits are not finite, after which nothing more is appended; nil if there is none.
    private func appendProbabilities(_ chunk: Range<Int>, to probabilities: inout [Float]) -> Int? {
        let classes = input.classCount
        for row in chunk {
            let logits = space.logits + (row - chunk.lowerBound) * classes.padded
            guard apus_softmax(logits, classes, inverseTemperature, space.probabilities) else { return row }
            probabilities.append(contentsOf: UnsafeBufferPointer(start: space.probabilities, count: classes))
        }
        return nil
    }
}

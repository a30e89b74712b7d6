public import CKernels
public import ModelFile

/// Runs a network's encoder blocks in integers, the embedding and the head in float, many rows at a time.
///
/// Every instruction set gives the same bits; docs/inference.md states the arithmetic. The model must hold frozen activation
/// ranges. A layer whose kernel is int8 runs in 8 bits, one whose kernel is float in 16. Allocates nothing per batch once the
/// result array has grown.
public final class Int8Engine: Engine {
    public let input: InputShape
    /// `scalar`, `avx2`, `avxvnni`, `avx512` or `neon`.
    public let instructionSet: String
    private let shape: Architecture
    private let kernels: apus_int8_kernels
    private let ends: FloatEnds
    private let blocks: [IntegerBlock]
    private let inverseTemperature: Float
    private let space: IntegerWorkspace
    private let memory = AlignedMemory()

    /// - Parameter instructions: nil takes the best that this processor has, or what APUS_KERNELS says.
    public init(model: Model, instructions: InstructionSet? = nil) throws(InferenceError) {
        let set = instructions ?? .selected
        guard let kernels = apus_int8_kernels_for(set) else { throw .unavailableKernels(String(cString: set.nameBytes)) }
        self.kernels = kernels.pointee
        instructionSet = String(cString: set.nameBytes)
        shape = model.architecture
        input = InputShape(shape)
        inverseTemperature = Float(1 / model.metadata.calibration.temperature)
        guard model.metadata.quantisation?.activations == .frozen else { throw .noActivationRanges }
        do {
            ends = try FloatEnds(model, memory)
            var blocks: [IntegerBlock] = []
            for layer in 0..<shape.layers { blocks.append(try IntegerBlock(layer: layer, of: model, kernels.pointee, memory)) }
            self.blocks = blocks
        } catch {
            throw .unusableModel(error)
        }
        space = IntegerWorkspace(shape, pooledWidth: ends.pooledWidth, memory)
    }

    public func classify(
        _ inputs: Span<Float>, _ rows: BatchRows, scalars: Span<Float>, into probabilities: inout [Float]
    ) throws(InferenceError) {
        probabilities.removeAll(keepingCapacity: true)
        try input.check(inputs, rows, scalars)
        probabilities.reserveCapacity(rows.count * classCount)
        // SAFETY: the pointers are used inside the closures only.
        let overflow: Int? = inputs.withUnsafeBufferPointer { inputs in
            scalars.withUnsafeBufferPointer { scalars in
                var first = 0
                while first < rows.count {
                    let last = end(ofChunkFrom: first, rows)
                    forward(inputs, rows, first..<last, scalars)
                    for row in first..<last {
                        let logits = space.logits + (row - first) * classCount.padded
                        guard apus_softmax(logits, classCount, inverseTemperature, space.probabilities) else { return row }
                        probabilities.append(contentsOf: UnsafeBufferPointer(start: space.probabilities, count: classCount))
                    }
                    first = last
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
        let start = rows.positions(of: first, length: length).lowerBound
        var last = first + 1
        while last < rows.count, last - first < space.rowCapacity,
            rows.positions(of: last, length: length).upperBound - start <= space.positionCapacity
        {
            last += 1
        }
        return last
    }
}

// MARK: - The network

extension Int8Engine {
    private typealias Values = UnsafeBufferPointer<Float>

    /// The logits of a chunk of rows.
    private func forward(_ inputs: Values, _ rows: BatchRows, _ chunk: Range<Int>, _ scalars: Values) {
        let start = rows.positions(of: chunk.lowerBound, length: length).lowerBound
        let count = rows.positions(of: chunk.upperBound - 1, length: length).upperBound - start
        embed(inputs, rows, chunk, start)
        for (index, block) in blocks.enumerated() {
            attend(block, rows, chunk, start, count)
            // What follows the last block is not quantised for another: any quantiser does.
            feedForward(block, count, next: index + 1 < blocks.count ? blocks[index + 1].input : block.normed)
        }
        pool(rows, chunk, start, scalars)
    }

    private func embed(_ inputs: Values, _ rows: BatchRows, _ chunk: Range<Int>, _ start: Int) {
        guard let values = inputs.baseAddress else { return }
        var (layer, quantiser) = (ends.embedding, blocks[0].input)
        func run(_ positions: Range<Int>) {
            let at = positions.lowerBound - start
            kernels.float_dense(
                &layer, values + positions.lowerBound * channels, channels, positions.count, ends.position,
                space.hidden + at * space.embedStride, &quantiser,
                space.integers + at * space.embedStride * Int(quantiser.bytes), space.embedStride)
        }
        if ends.position == nil {
            let last = rows.positions(of: chunk.upperBound - 1, length: length)
            run(start..<last.upperBound)
        } else {
            for row in chunk { run(rows.positions(of: row, length: length)) }
        }
    }

    private func attend(_ block: IntegerBlock, _ rows: BatchRows, _ chunk: Range<Int>, _ start: Int, _ count: Int) {
        var (dense, projected, attention) = (block.queryKeyValue, block.projected, block.attention)
        kernels.dense(&dense, space.integers, space.embedStride, count, &projected, space.projected, space.projectedStride)
        for row in chunk {
            let positions = rows.positions(of: row, length: length)
            let at = positions.lowerBound - start
            kernels.attention(
                &attention, space.projected + at * space.projectedStride, space.projectedStride, positions.count,
                space.scratch, space.wide + at * space.contextStride * Int(attention.output.bytes), space.contextStride)
        }
        var (out, norm, normed) = (block.out, block.norm1, block.normed)
        kernels.dense_add_norm(
            &out, space.wide, space.contextStride, count, space.hidden, &norm, &normed, space.integers, space.embedStride)
    }

    private func feedForward(_ block: IntegerBlock, _ count: Int, next: apus_quantiser) {
        var (ffn0, ffn1, norm, middle, next) = (block.ffn0, block.ffn1, block.norm2, block.middle, next)
        kernels.dense(&ffn0, space.integers, space.embedStride, count, &middle, space.wide, space.middleStride)
        kernels.dense_add_norm(
            &ffn1, space.wide, space.middleStride, count, space.hidden, &norm, &next, space.integers, space.embedStride)
    }

    private func pool(_ rows: BatchRows, _ chunk: Range<Int>, _ start: Int, _ scalars: Values) {
        let (width, count) = (space.embedStride, chunk.count)
        let hasMaximum = shape.pooling == .meanAndMaximum
        for row in chunk {
            let positions = rows.positions(of: row, length: length)
            let pooled = space.pooled + (row - chunk.lowerBound) * space.pooledStride
            let hidden = space.hidden + (positions.lowerBound - start) * width
            kernels.pool(hidden, positions.count, width, pooled, hasMaximum ? pooled + width : nil)
            let own = pooled + (ends.pooledWidth - shape.scalars)
            for index in 0..<shape.scalars { own[index] = scalars[row * shape.scalars + index] }
        }
        var (from, stride) = (space.pooled, space.pooledStride)
        for (index, layer) in ends.head.enumerated() {
            var layer = layer
            let isLast = index + 1 == ends.head.count
            let to = isLast ? space.logits : space.head[index % 2]
            kernels.float_dense(&layer, from, stride, count, nil, to, nil, nil, 0)
            (from, stride) = (to, Int(layer.outputs))
        }
    }
}

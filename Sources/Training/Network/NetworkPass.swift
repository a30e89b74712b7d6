import Alerts
import ModelFile

/// One thread's way through a network and back, with the memory for it.
///
/// Gradients are written by hand for each step; `GradientTests` holds them against finite differences.
final class NetworkPass<R: Real> {
    let layout: ParameterLayout
    private let architecture: Architecture
    private let positionCode: [Float]

    private struct BlockMemory {
        let qkv = Scratch<R>()
        let weights = Scratch<R>()
        let context = Scratch<R>()
        let sum1 = Scratch<R>()
        let normalised1 = Scratch<R>()
        let inverse1 = Scratch<R>()
        let output1 = Scratch<R>()
        let feed = Scratch<R>()
        let sum2 = Scratch<R>()
        let normalised2 = Scratch<R>()
        let inverse2 = Scratch<R>()
        let output2 = Scratch<R>()
        let mask1 = Scratch<R>()
        let mask2 = Scratch<R>()
    }

    private let input = Scratch<R>()
    private let embedded = Scratch<R>()
    private let coded = Scratch<R>()
    private let blocks: [BlockMemory]
    private let head: [Scratch<R>]
    private let headMask = Scratch<R>()
    private let places = UnsafeMutablePointerOwner()
    private var dropout = Dropout<R>.none
    // Gradients of activations on the way back.
    private let flow = Scratch<R>()
    private let side = Scratch<R>()
    private let wide = Scratch<R>()
    private let square = Scratch<R>()
    private let pooledFlow = [Scratch<R>(), Scratch<R>()]

    init(_ layout: ParameterLayout) {
        self.layout = layout
        architecture = layout.architecture
        blocks = layout.blocks.map { _ in BlockMemory() }
        head = (0...layout.head.count).map { _ in Scratch<R>() }
        positionCode =
            architecture.position == .sinusoid
            ? SinusoidCode.values(length: architecture.length, embed: architecture.embed) : []
    }

    /// Which positions gave the maxima of the pooling.
    private final class UnsafeMutablePointerOwner {
        // SAFETY: owned by this object alone; the capacity is checked before each use.
        private(set) var start = UnsafeMutablePointer<Int32>.allocate(capacity: 64)
        private var capacity = 64

        func reserve(_ count: Int) -> UnsafeMutablePointer<Int32> {
            guard count > capacity else { return start }
            start.deallocate()
            capacity = 2 * count
            start = .allocate(capacity: capacity)
            return start
        }

        deinit {
            start.deallocate()
        }
    }

    private var attention: AttentionStep<R>.Shape {
        .init(heads: architecture.heads, headDim: architecture.headDim)
    }

    /// The logits (count, classes) of a shard; valid until the next call.
    func forward(
        _ shard: borrowing Shard, _ parameters: UnsafePointer<R>, dropoutRate: Double = 0, seed: UInt64 = 0
    ) -> UnsafeMutablePointer<R> {
        dropout = Dropout(rate: dropoutRate, seed: seed)
        let positions = shard.positions
        let embed = architecture.embed
        let x = input.reserve(positions * architecture.channels)
        for (index, value) in shard.inputs.enumerated() { x[index] = R(value) }
        let embedded = self.embedded.reserve(positions * embed)
        DenseStep.forward(x, rows: positions, layout.embedding, parameters, relu: true, into: embedded)
        var current = embedded
        if !positionCode.isEmpty {
            current = coded.reserve(positions * embed)
            addPositionCode(embedded, shard.rowStarts, into: current)
        }
        for (block, memory) in zip(layout.blocks, blocks) {
            current = forward(current, block, memory, shard.rowStarts, parameters)
        }
        return classify(current, shard, parameters)
    }

    private func addPositionCode(
        _ x: UnsafeMutablePointer<R>, _ rowStarts: [Int], into y: UnsafeMutablePointer<R>
    ) {
        let embed = architecture.embed
        for example in 0..<rowStarts.count - 1 {
            let first = rowStarts[example] * embed
            for index in 0..<(rowStarts[example + 1] - rowStarts[example]) * embed {
                y[first + index] = x[first + index] + R(positionCode[index])
            }
        }
    }

    private func forward(
        _ x: UnsafeMutablePointer<R>, _ block: ParameterLayout.Block, _ memory: BlockMemory, _ rowStarts: [Int],
        _ parameters: UnsafePointer<R>
    ) -> UnsafeMutablePointer<R> {
        let rows = rowStarts[rowStarts.count - 1]
        let count = rows * architecture.embed
        let epsilon = R(architecture.layerNormEpsilon)
        let qkv = memory.qkv.reserve(rows * block.qkv.outputs)
        DenseStep.forward(x, rows: rows, block.qkv, parameters, relu: false, into: qkv)
        let weights = memory.weights.reserve(AttentionStep<R>.weightCount(rowStarts, heads: architecture.heads))
        let context = memory.context.reserve(rows * block.out.inputs)
        AttentionStep.forward(qkv, rowStarts, attention, weights: weights, into: context)
        let sum1 = memory.sum1.reserve(count)
        DenseStep.forward(context, rows: rows, block.out, parameters, relu: false, into: sum1)
        dropout.apply(to: sum1, mask: memory.mask1.reserve(count), count: count)
        for index in 0..<count { sum1[index] += x[index] }
        let output1 = memory.output1.reserve(count)
        NormStep.forward(
            sum1, rows: rows, block.norm1, parameters, epsilon: epsilon, normalised: memory.normalised1.reserve(count),
            inverse: memory.inverse1.reserve(rows), into: output1)
        let feed = memory.feed.reserve(rows * block.feed[0].outputs)
        DenseStep.forward(output1, rows: rows, block.feed[0], parameters, relu: true, into: feed)
        let sum2 = memory.sum2.reserve(count)
        DenseStep.forward(feed, rows: rows, block.feed[1], parameters, relu: false, into: sum2)
        dropout.apply(to: sum2, mask: memory.mask2.reserve(count), count: count)
        for index in 0..<count { sum2[index] += output1[index] }
        let output2 = memory.output2.reserve(count)
        NormStep.forward(
            sum2, rows: rows, block.norm2, parameters, epsilon: epsilon, normalised: memory.normalised2.reserve(count),
            inverse: memory.inverse2.reserve(rows), into: output2)
        return output2
    }

    /// Pools, joins the scalars, and goes through the head.
    private func classify(
        _ x: UnsafeMutablePointer<R>, _ shard: borrowing Shard, _ parameters: UnsafePointer<R>
    ) -> UnsafeMutablePointer<R> {
        let (count, embed) = (shard.count, architecture.embed)
        let stride = layout.head[0].inputs
        var current = head[0].reserve(count * stride)
        PoolStep.forward(
            x, shard.rowStarts, width: embed, withMaximum: architecture.pooling == .meanAndMaximum,
            places: places.reserve(count * embed), into: current, stride: stride)
        let scalars = architecture.scalars
        for example in 0..<count {
            let row = current + example * stride + (stride - scalars)
            for index in 0..<scalars { row[index] = R(shard.scalars[example * scalars + index]) }
        }
        dropout.apply(to: current, mask: headMask.reserve(count * stride), count: count * stride)
        for (place, layer) in layout.head.enumerated() {
            let output = head[place + 1].reserve(count * layer.outputs)
            let isLast = place == layout.head.count - 1
            DenseStep.forward(current, rows: count, layer, parameters, relu: !isLast, into: output)
            current = output
        }
        return current
    }

    // MARK: - Backward

    /// Adds to `gradient` (all parameters) what the gradient of the logits says; `forward` of the same shard came before.
    func backward(
        _ dLogits: UnsafeMutablePointer<R>, _ shard: borrowing Shard, _ parameters: UnsafePointer<R>,
        gradient: UnsafeMutablePointer<R>
    ) {
        let rowStarts = shard.rowStarts
        let (count, positions, embed) = (shard.count, shard.positions, architecture.embed)
        var flowing = dLogits
        for (place, layer) in layout.head.enumerated().reversed() {
            let dx = pooledFlow[place % 2].reserve(count * layer.inputs)
            let isLast = place == layout.head.count - 1
            DenseStep.backward(
                flowing, from: head[place].start, rows: count, layer, parameters,
                reluOutput: isLast ? nil : head[place + 1].start, gradient: gradient, into: dx)
            flowing = dx
        }
        let stride = layout.head[0].inputs
        dropout.backward(flowing, mask: headMask.start, count: count * stride)
        let dx = flow.reserve(positions * embed)
        PoolStep.backward(
            flowing, stride: stride, rowStarts, width: embed, withMaximum: architecture.pooling == .meanAndMaximum,
            places: places.start, into: dx)
        for place in layout.blocks.indices.reversed() {
            let before = place > 0 ? blocks[place - 1].output2 : positionCode.isEmpty ? embedded : coded
            backward(dx, from: before.start, layout.blocks[place], blocks[place], rowStarts, parameters, gradient)
        }
        DenseStep.backward(
            dx, from: input.start, rows: positions, layout.embedding, parameters, reluOutput: embedded.start,
            gradient: gradient, into: nil)
    }

    /// Takes `dx`, the gradient of a block's output, to that of its input, in place.
    private func backward(
        _ dx: UnsafeMutablePointer<R>, from x: UnsafeMutablePointer<R>, _ block: ParameterLayout.Block,
        _ memory: BlockMemory, _ rowStarts: [Int], _ parameters: UnsafePointer<R>, _ gradient: UnsafeMutablePointer<R>
    ) {
        let rows = rowStarts[rowStarts.count - 1]
        let count = rows * architecture.embed
        let side = self.side.reserve(count)
        let wide = self.wide.reserve(rows * max(block.feed[0].outputs, block.qkv.outputs))

        NormStep.backward(
            dx, rows: rows, block.norm2, parameters, normalised: memory.normalised2.start, inverse: memory.inverse2.start,
            gradient: gradient, into: dx)
        side.update(from: dx, count: count)
        dropout.backward(side, mask: memory.mask2.start, count: count)
        DenseStep.backward(
            side, from: memory.feed.start, rows: rows, block.feed[1], parameters, gradient: gradient, into: wide)
        DenseStep.backward(
            wide, from: memory.output1.start, rows: rows, block.feed[0], parameters, reluOutput: memory.feed.start,
            gradient: gradient, into: dx, addingTo: 1)

        NormStep.backward(
            dx, rows: rows, block.norm1, parameters, normalised: memory.normalised1.start, inverse: memory.inverse1.start,
            gradient: gradient, into: dx)
        side.update(from: dx, count: count)
        dropout.backward(side, mask: memory.mask1.start, count: count)
        let dContext = context(rows: rows, width: block.out.inputs)
        DenseStep.backward(
            side, from: memory.context.start, rows: rows, block.out, parameters, gradient: gradient, into: dContext)
        var longest = 0
        for example in 0..<rowStarts.count - 1 { longest = max(longest, rowStarts[example + 1] - rowStarts[example]) }
        AttentionStep.backward(
            dContext, qkv: memory.qkv.start, rowStarts, attention, weights: memory.weights.start,
            scratch: square.reserve(longest * longest), into: wide)
        DenseStep.backward(
            wide, from: x, rows: rows, block.qkv, parameters, gradient: gradient, into: dx, addingTo: 1)
    }

    private let contextFlow = Scratch<R>()

    private func context(rows: Int, width: Int) -> UnsafeMutablePointer<R> {
        contextFlow.reserve(rows * width)
    }
}

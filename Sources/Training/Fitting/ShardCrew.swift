import Dispatch
import ModelFile

/// Takes shards through a network on several threads.
///
/// Thread t takes the shards t, t + threads, ...; each shard has a gradient of its own, and they are added up in order.
final class ShardCrew {
    private let layout: ParameterLayout
    private let passes: [NetworkPass<Float>]
    private var gradients: [Scratch<Float>] = []
    private var losses: [Double] = []

    init(_ layout: ParameterLayout, threads: Int) {
        self.layout = layout
        passes = (0..<max(1, threads)).map { _ in NetworkPass<Float>(layout) }
    }

    /// Work of one thread, which no other touches.
    private func eachShard(_ count: Int, _ body: @escaping (NetworkPass<Float>, Int) -> Void) {
        let threads = min(passes.count, count)
        guard threads > 1 else {
            for place in 0..<count { body(passes[0], place) }
            return
        }
        // SAFETY: the calls run while this one waits; call t uses pass t and the shards t, t + threads, ... alone.
        nonisolated(unsafe) let (passes, body) = (self.passes, body)
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            for place in stride(from: thread, to: count, by: threads) { body(passes[thread], place) }
        }
    }

    /// Leaves the gradient of the shards' loss times `scale` for `withGradient` and returns the loss.
    func gradient(
        _ shards: [Shard], _ parameters: [Float], scale: Float, dropout: Double, seed: UInt64
    ) -> Double {
        while gradients.count < max(1, shards.count) { gradients.append(Scratch()) }
        for gradient in gradients { gradient.reserve(layout.count) }
        losses = Array(repeating: 0, count: shards.count)
        let classes = layout.architecture.classes
        let count = layout.count
        let gradients = self.gradients
        losses.withUnsafeMutableBufferPointer { losses in
            // SAFETY: each place is written by one thread.
            let losses = losses
            parameters.withUnsafeBufferPointer { parameters in
                guard let weights = parameters.baseAddress else { return }
                eachShard(shards.count) { pass, place in
                    let gradient = gradients[place].start
                    gradient.update(repeating: 0, count: count)
                    let logits = pass.forward(
                        shards[place], weights, dropoutRate: dropout, seed: seed &+ UInt64(place) &* 0xD1B5_4A32_D192_ED03)
                    losses[place] = Double(
                        CrossEntropy.lossAndGradient(logits, shards[place], classes: classes, scale: scale))
                    pass.backward(logits, shards[place], weights, gradient: gradient)
                }
            }
        }
        let sum = gradients[0].start
        for place in 1..<max(1, shards.count) {
            let other = gradients[place].start
            for index in 0..<count { sum[index] += other[index] }
        }
        return losses.reduce(0, +)
    }

    /// Shortens the gradient to a norm, 0 for none.
    func clip(to norm: Float) {
        guard norm > 0 else { return }
        let gradient = gradients[0].start
        var square = 0.0
        for index in 0..<layout.count { square += Double(gradient[index]) * Double(gradient[index]) }
        let length = square.squareRoot()
        guard length > Double(norm) else { return }
        let factor = Float(Double(norm) / length)
        for index in 0..<layout.count { gradient[index] *= factor }
    }

    func withGradient(_ body: (UnsafePointer<Float>) -> Void) {
        body(gradients[0].start)
    }

    /// The loss without dropout.
    func loss(_ shards: [Shard], _ parameters: [Float]) -> Double {
        losses = Array(repeating: 0, count: shards.count)
        let classes = layout.architecture.classes
        losses.withUnsafeMutableBufferPointer { losses in
            // SAFETY: each place is written by one thread.
            let losses = losses
            parameters.withUnsafeBufferPointer { parameters in
                guard let weights = parameters.baseAddress else { return }
                eachShard(shards.count) { pass, place in
                    let logits = pass.forward(shards[place], weights)
                    losses[place] = Double(
                        CrossEntropy.lossAndGradient(logits, shards[place], classes: classes, scale: 1))
                }
            }
        }
        return losses.reduce(0, +)
    }

    /// Logits of the shards' examples, in order.
    func logits(_ shards: [Shard], _ parameters: [Float]) -> [Float] {
        let classes = layout.architecture.classes
        let starts = shards.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        return [Float](unsafeUninitializedCapacity: starts[shards.count] * classes) { output, count in
            // SAFETY: each shard's part is written by one thread.
            let output = output
            parameters.withUnsafeBufferPointer { parameters in
                guard let weights = parameters.baseAddress, let start = output.baseAddress else { return }
                eachShard(shards.count) { pass, place in
                    let logits = pass.forward(shards[place], weights)
                    (start + starts[place] * classes).update(from: logits, count: shards[place].count * classes)
                }
            }
            count = starts[shards.count] * classes
        }
    }
}

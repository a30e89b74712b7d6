public import ModelFile

/// Loss and gradient of a network in double precision: what tests hold against finite differences.
public final class GradientCheck {
    private let pass: NetworkPass<Double>
    public var parameterCount: Int { pass.layout.count }

    public init(_ architecture: Architecture) {
        pass = NetworkPass(ParameterLayout(architecture))
    }

    public func loss(_ parameters: [Double], _ shard: Shard, dropoutRate: Double, seed: UInt64) -> Double {
        let logits = pass.forward(shard, parameters, dropoutRate: dropoutRate, seed: seed)
        return CrossEntropy.lossAndGradient(logits, shard, classes: pass.layout.architecture.classes, scale: 1)
    }

    /// The loss and its gradient by every parameter.
    public func gradient(
        _ parameters: [Double], _ shard: Shard, dropoutRate: Double, seed: UInt64
    ) -> (loss: Double, gradient: [Double]) {
        var gradient = [Double](repeating: 0, count: parameterCount)
        let logits = pass.forward(shard, parameters, dropoutRate: dropoutRate, seed: seed)
        let loss = CrossEntropy.lossAndGradient(logits, shard, classes: pass.layout.architecture.classes, scale: 1)
        gradient.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            pass.backward(logits, shard, parameters, gradient: start)
        }
        return (loss, gradient)
    }
}

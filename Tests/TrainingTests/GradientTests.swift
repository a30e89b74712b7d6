import Alerts
import ModelFile
import Testing
import Training

/// Hand-written gradients against central differences, in double precision.
@Suite struct GradientTests {
    static let architectures: [Architecture] = {
        var grid = Architecture(
            length: 7, channels: 2, embed: 6, heads: 3, headDim: 2, ff: 9, layers: 2, classes: 4)
        grid.layerNormEpsilon = 1e-3
        var tokens = Architecture(
            length: 9, channels: 5, embed: 8, heads: 2, headDim: 3, ff: 7, layers: 1, classes: 3, layerNormEpsilon: 1e-3,
            position: .none, pooling: .meanAndMaximum)
        tokens.head = [6, 5]
        tokens.scalars = 3
        return [grid, tokens]
    }()

    private static func shard(_ architecture: Architecture, random: inout SplitMix64) -> Shard {
        var shard = Shard()
        let lengths = architecture.position == .sinusoid ? [7, 7] : [1, 4, 9]
        for length in lengths {
            shard.rowStarts.append(shard.positions + length)
            for _ in 0..<length * architecture.channels {
                shard.inputs.append(Float.random(in: -2...2, using: &random))
            }
            for _ in 0..<architecture.scalars { shard.scalars.append(Float.random(in: -1...1, using: &random)) }
            let target = (0..<architecture.classes).map { _ in Float.random(in: 0.1...1, using: &random) }
            shard.targets += target.map { $0 / target.reduce(0, +) }
            shard.weights.append(Float.random(in: 0.5...2, using: &random))
        }
        return shard
    }

    @Test(arguments: architectures.indices, [0, 0.3]) func `Every parameter's gradient is the slope of the loss`(
        index: Int, dropout: Double
    ) {
        var random = SplitMix64(seed: 5)
        let architecture = Self.architectures[index]
        let shard = Self.shard(architecture, random: &random)
        let network = GradientCheck(architecture)
        var parameters = (0..<network.parameterCount).map { _ in Double.random(in: -0.7...0.7, using: &random) }
        let (_, gradient) = network.gradient(parameters, shard, dropoutRate: dropout, seed: 11)
        let size = gradient.map { $0.magnitude }.max() ?? 0
        #expect(size > 0.01)
        var worst = 0.0
        for parameter in parameters.indices {
            // Five points, so that what remains is rounding and not the third derivative.
            let step = 1e-4
            let value = parameters[parameter]
            let loss = [-2.0, -1, 1, 2].map { multiple in
                parameters[parameter] = value + multiple * step
                return network.loss(parameters, shard, dropoutRate: dropout, seed: 11)
            }
            parameters[parameter] = value
            let slope = (loss[0] - loss[3] + 8 * (loss[2] - loss[1])) / (12 * step)
            worst = max(worst, (slope - gradient[parameter]).magnitude / max(size * 1e-2, slope.magnitude))
        }
        #expect(worst < 1e-6)
    }
}

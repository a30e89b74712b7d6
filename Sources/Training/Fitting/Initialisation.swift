import Alerts

/// First weights of a network.
enum Initialisation {
    /// Kernels uniform within sqrt(6 / (inputs + outputs)) (Glorot and Bengio 2010), biases 0, gamma 1.
    static func parameters(_ layout: ParameterLayout, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        var parameters = [Float](repeating: 0, count: layout.count)
        for dense in layout.kernels {
            // Query, key and value are three kernels side by side.
            let isTriple = layout.blocks.contains { $0.qkv == dense }
            let outputs = isTriple ? dense.outputs / 3 : dense.outputs
            let bound = (6 / Float(dense.inputs + outputs)).squareRoot()
            for index in 0..<dense.inputs * dense.outputs {
                parameters[dense.kernel + index] = Float.random(in: -bound...bound, using: &random)
            }
        }
        for block in layout.blocks {
            for norm in [block.norm1, block.norm2] {
                for index in 0..<norm.width { parameters[norm.gamma + index] = 1 }
            }
        }
        return parameters
    }
}

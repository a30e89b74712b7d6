/// A tensor that a network must have.
public struct TensorSpecification: Equatable, Sendable {
    public var name: String
    /// Kernels are [in, out]: y = x K + b.
    public var shape: [Int]
    /// The name of the scale that goes with an int8 kernel; nil for a tensor that is always float.
    public var scaleName: String?

    public var count: Int { shape.reduce(1, *) }
}

extension Architecture {
    /// Every tensor of the network, in the order in which it is used and in which files hold it.
    public var tensors: [TensorSpecification] {
        var list: [TensorSpecification] = []
        func vector(_ name: String, _ count: Int) {
            list.append(TensorSpecification(name: name, shape: [count], scaleName: nil))
        }
        func dense(_ name: String, _ inputs: Int, _ outputs: Int) {
            let kernel = "\(name).kernel"
            list.append(TensorSpecification(name: kernel, shape: [inputs, outputs], scaleName: "\(kernel).scale"))
            vector("\(name).bias", outputs)
        }
        dense("embedding", channels, embed)
        for layer in 0..<layers {
            let prefix = "layers.\(layer)"
            dense("\(prefix).attn.query", embed, attentionWidth)
            dense("\(prefix).attn.key", embed, attentionWidth)
            dense("\(prefix).attn.value", embed, attentionWidth)
            dense("\(prefix).attn.out", attentionWidth, embed)
            vector("\(prefix).ln1.gamma", embed)
            vector("\(prefix).ln1.beta", embed)
            dense("\(prefix).ffn.0", embed, ff)
            dense("\(prefix).ffn.1", ff, embed)
            vector("\(prefix).ln2.gamma", embed)
            vector("\(prefix).ln2.beta", embed)
        }
        var width = pooledWidth + scalars
        for (index, outputs) in head.enumerated() {
            dense("head.\(index)", width, outputs)
            width = outputs
        }
        dense("classifier", width, classes)
        return list
    }

    /// What a file with frozen activation ranges has besides, in the order in which files hold it; all are positive or,
    /// for an `input`, a low and a high end.
    public var activationRanges: [TensorSpecification] {
        (0..<layers).flatMap { layer in
            let prefix = "layers.\(layer)"
            let inputs = ["attn", "attn.out", "ffn.0", "ffn.1"].map { ("\(prefix).\($0).input", 2) }
            let limits = ["query", "key", "value"].map { ("\(prefix).attn.\($0).limit", heads) }
            return (inputs + limits).map { TensorSpecification(name: $0.0, shape: [$0.1], scaleName: nil) }
        }
    }

    /// Trained numbers of the network; scales of int8 kernels are not counted.
    public var parameterCount: Int { tensors.reduce(0) { $0 + $1.count } }
}

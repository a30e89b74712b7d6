public import ModelFile

/// Where each tensor of a network lies in one flat array of parameters.
///
/// Order and names are those of the model file, but the query, key and value kernels of a block stand side by side as one
/// (E, 3 H D) matrix, so that they are one product.
public struct ParameterLayout: Sendable, Equatable {
    /// A kernel (inputs, outputs) and its bias (outputs), as offsets into the array.
    public struct Dense: Sendable, Equatable {
        public let kernel: Int
        public let bias: Int
        public let inputs: Int
        public let outputs: Int
    }

    /// Scale and shift of a layer normalisation, (width) each.
    public struct Norm: Sendable, Equatable {
        public let gamma: Int
        public let beta: Int
        public let width: Int
    }

    public struct Block: Sendable, Equatable {
        /// Query, key and value of all heads, in this order.
        public let qkv: Dense
        public let out: Dense
        public let norm1: Norm
        public let feed: [Dense]
        public let norm2: Norm
    }

    public let architecture: Architecture
    public let embedding: Dense
    public let blocks: [Block]
    /// Hidden layers of the head, then the one that gives the logits.
    public let head: [Dense]
    /// Parameters in all.
    public let count: Int

    public init(_ architecture: Architecture) {
        self.architecture = architecture
        var count = 0
        func take(_ size: Int) -> Int {
            defer { count += size }
            return count
        }
        func dense(_ inputs: Int, _ outputs: Int) -> Dense {
            Dense(kernel: take(inputs * outputs), bias: take(outputs), inputs: inputs, outputs: outputs)
        }
        func norm(_ width: Int) -> Norm { Norm(gamma: take(width), beta: take(width), width: width) }
        let (embed, width) = (architecture.embed, architecture.attentionWidth)
        embedding = dense(architecture.channels, embed)
        blocks = (0..<architecture.layers).map { _ in
            Block(
                qkv: dense(embed, 3 * width), out: dense(width, embed), norm1: norm(embed),
                feed: [dense(embed, architecture.ff), dense(architecture.ff, embed)], norm2: norm(embed))
        }
        var inputs = architecture.pooledWidth + architecture.scalars
        head = (architecture.head + [architecture.classes]).map { outputs in
            defer { inputs = outputs }
            return dense(inputs, outputs)
        }
        self.count = count
    }

    /// Every kernel: what weight decay and compression act on.
    public var kernels: [Dense] {
        [embedding] + blocks.flatMap { [$0.qkv, $0.out] + $0.feed } + head
    }
}

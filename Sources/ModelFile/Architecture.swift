/// The shape of a network of the t2 family: everything the engine needs beside the weights.
///
/// Input (length, channels); embedding to `embed` features and the position code added; `layers` post-norm encoder
/// blocks of multi-head self-attention and a ReLU feed-forward network; pooling over the length, the row's scalars
/// joined to it; ReLU layers of the `head` widths; a dense layer to `classes` logits.
public struct Architecture: Codable, Equatable, Sendable {
    public enum Kind: String, Codable, Sendable {
        /// A light curve resampled to a regular grid, every position of it valid.
        case gridTransformer = "grid-transformer"
        /// Each observation a position, as many as there are: a row has 1 to `length` of them.
        case tokenTransformer = "token-transformer"
    }

    public enum Position: String, Codable, Sendable {
        /// The fixed code of `SinusoidCode`, added after the embedding.
        case sinusoid
        /// None: what an observation's time is lies in its channels.
        case none
    }

    public enum Pooling: String, Codable, Sendable {
        /// The mean over all positions.
        case mean
        /// The mean and, beside it, the largest value over all positions.
        case meanAndMaximum = "mean+max"
    }

    public var kind: Kind
    /// Positions of the input, T; of a token network the most that a row can have.
    public var length: Int
    /// Values per position, C.
    public var channels: Int
    /// Features per position, E.
    public var embed: Int
    public var heads: Int
    /// Features per head, D.
    public var headDim: Int
    /// Width of the feed-forward network, F.
    public var ff: Int
    public var layers: Int
    /// Number of classes, K.
    public var classes: Int
    /// Added to the variance in a layer normalisation.
    public var layerNormEpsilon: Double
    public var position: Position
    public var pooling: Pooling
    /// Widths of the dense layers with ReLU between the pooling and the classifier; empty for none.
    public var head: [Int]
    /// Values of a row that are joined to what was pooled.
    public var scalars: Int

    public init(
        kind: Kind = .gridTransformer, length: Int, channels: Int, embed: Int, heads: Int, headDim: Int, ff: Int,
        layers: Int,
        classes: Int, layerNormEpsilon: Double = 1e-6, position: Position = .sinusoid, pooling: Pooling = .mean,
        head: [Int] = [], scalars: Int = 0
    ) {
        self.kind = kind
        self.length = length
        self.channels = channels
        self.embed = embed
        self.heads = heads
        self.headDim = headDim
        self.ff = ff
        self.layers = layers
        self.classes = classes
        self.layerNormEpsilon = layerNormEpsilon
        self.position = position
        self.pooling = pooling
        self.head = head
        self.scalars = scalars
    }

    /// Features of all heads together, H D; the published networks have H D = E.
    public var attentionWidth: Int { heads * headDim }

    /// What pooling gives, without the scalars.
    public var pooledWidth: Int { pooling == .meanAndMaximum ? 2 * embed : embed }

    /// Whether rows may be shorter than `length`.
    public var isRagged: Bool { kind == .tokenTransformer }

    /// The published network: 13,262 parameters (arXiv 2303.08951 and its released weights).
    public static let t2 = Architecture(
        length: 100, channels: 2, embed: 32, heads: 16, headDim: 2, ff: 128, layers: 1, classes: 14)
}

extension Architecture {
    /// No extent may exceed it, so that every product of two fits any arithmetic done with them.
    static let maximumExtent = 65_536
    static let maximumLayers = 1_024

    /// The first field that cannot be, and why; nil for a usable architecture.
    func firstFault() -> (field: String, reason: String)? {
        let extents = [
            ("length", length), ("channels", channels), ("embed", embed), ("heads", heads), ("headDim", headDim),
            ("ff", ff),
            ("classes", classes),
        ]
        for (field, extent) in extents where !(1...Self.maximumExtent).contains(extent) {
            return ("architecture.\(field)", "\(extent) is not between 1 and \(Self.maximumExtent)")
        }
        guard (1...Self.maximumLayers).contains(layers) else {
            return ("architecture.layers", "\(layers) is not between 1 and \(Self.maximumLayers)")
        }
        guard attentionWidth <= Self.maximumExtent else {
            return ("architecture.heads", "\(heads) heads of \(headDim) are wider than \(Self.maximumExtent)")
        }
        guard head.count <= Self.maximumLayers, head.allSatisfy({ (1...Self.maximumExtent).contains($0) }) else {
            return ("architecture.head", "\(head) are not layer widths between 1 and \(Self.maximumExtent)")
        }
        guard (0...Self.maximumExtent).contains(scalars) else {
            return ("architecture.scalars", "\(scalars) is not between 0 and \(Self.maximumExtent)")
        }
        guard layerNormEpsilon.isFinite, layerNormEpsilon > 0 else {
            return ("architecture.layerNormEpsilon", "\(layerNormEpsilon) is not a positive number")
        }
        return nil
    }
}

public import ModelFile

/// Models of any shape of the family with weights that depend only on a seed.
public enum RandomModel {
    /// How the kernels are stored.
    public enum Storage: Sendable {
        case float
        case int8(Quantisation.Granularity)
    }

    public static func metadata(_ architecture: Architecture, _ storage: Storage = .float) -> ModelMetadata {
        var quantisation: Quantisation?
        if case .int8(let granularity) = storage { quantisation = Quantisation(granularity: granularity) }
        return ModelMetadata(
            name: "random", architecture: architecture, preset: "fink-t2",
            classes: (0..<architecture.classes).map { "class \($0)" }, quantisation: quantisation,
            provenance: Provenance(source: "seed", sourceSha256: "", importer: "RandomModel", date: "2026-11-24"))
    }

    /// Weights uniform in -1 to 1, scales in 0.001 to 0.02.
    public static func tensors(
        _ architecture: Architecture, _ storage: Storage = .float, seed: UInt64
    ) -> [ModelTensor] {
        var generator = SeededBits(seed: seed)
        var tensors: [ModelTensor] = []
        for specification in architecture.tensors {
            if case .int8(let granularity) = storage, let scaleName = specification.scaleName {
                let weights = (0..<specification.count).map { _ in Int8.random(in: -127...127, using: &generator) }
                tensors.append(ModelTensor(specification.name, shape: specification.shape, .int8(weights)))
                let count = granularity == .perTensor ? 1 : specification.shape[1]
                let scales = (0..<count).map { _ in Float.random(in: 0.001...0.02, using: &generator) }
                tensors.append(ModelTensor(scaleName, shape: [count], .float32(scales)))
            } else {
                let weights = (0..<specification.count).map { _ in Float.random(in: -1...1, using: &generator) }
                tensors.append(ModelTensor(specification.name, shape: specification.shape, .float32(weights)))
            }
        }
        return tensors
    }

    public static func model(_ architecture: Architecture, _ storage: Storage = .float, seed: UInt64) throws -> Model {
        let file = try ModelWriter.encode(metadata(architecture, storage), tensors(architecture, storage, seed: seed))
        return try Model(file, name: "random")
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same bits for the same seed on every platform.
public struct SeededBits: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}

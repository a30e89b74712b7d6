import Alerts
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
        var generator = SplitMix64(seed: seed)
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

public import Foundation

/// A model file, mapped and verified: its checksum, its metadata, and that the tensors are those of its architecture
/// and finite.
///
/// Immutable and shared by all workers; the weights stay in the mapping.
public final class Model: Sendable {
    /// One tensor as the file holds it.
    public struct Tensor: Equatable, Sendable {
        public var name: String
        /// `float32` or `int8`.
        public var type: Safetensors.ElementType
        public var shape: [Int]
        public var byteCount: Int
    }

    public let metadata: ModelMetadata
    /// SHA-256 of the file with its own digest blanked, 64 hexadecimal digits: the model's identity.
    public let sha256: String
    /// The network's tensors, in the architecture's order, the scale of an int8 kernel behind it.
    public let tensors: [Tensor]
    /// Bytes of the whole file.
    public let byteCount: Int
    private let file: Safetensors

    public var architecture: Architecture { metadata.architecture }

    /// Maps and verifies a file.
    public convenience init(contentsOf path: String) throws(ModelFileError) {
        try self.init(MappedFile.open(path), name: path)
    }

    /// Verifies a file's bytes; `name` is what errors call it.
    public init(_ contents: Data, name: String) throws(ModelFileError) {
        // The checksum first: nothing of a damaged file is interpreted.
        let digest = try Self.verifyChecksum(contents, name: name)
        let file = try Safetensors(contents, name: name)
        try Self.verifyFormat(file, name: name)
        guard let digest else {
            throw .invalidField(path: name, field: "sha256", reason: "the header does not begin with it")
        }
        sha256 = digest
        metadata = try ModelMetadata(fields: file.metadata, path: name)
        try metadata.validate(path: name)
        tensors = try Self.verifyTensors(file, metadata, name: name)
        byteCount = contents.count
        self.file = file
    }

    /// A tensor's values in row-major order, copied.
    public func values<Number: SafetensorsNumber>(
        _ name: String, as type: Number.Type = Number.self
    ) throws(ModelFileError) -> [Number] {
        try file.values(name, as: type)
    }

    /// A tensor's values in row-major order in the mapping, 64-byte aligned; the buffer is valid inside `body` only.
    public func withValues<Number: SafetensorsNumber, Result>(
        _ name: String, as type: Number.Type, _ body: (UnsafeBufferPointer<Number>) -> Result
    ) throws(ModelFileError) -> Result {
        try file.withValues(name, as: type, body)
    }

    /// A tensor's values as float in row-major order, whatever they are stored as; an int8 kernel is scale * q.
    public func floats(_ name: String) throws(ModelFileError) -> [Float] {
        guard file.entries[name]?.type == .int8 else { return try file.values(name) }
        let weights = try file.values(name, as: Int8.self)
        let scale = try file.values("\(name).scale", as: Float.self)
        // One scale for all or one per output, which is the fastest index.
        return weights.indices.map { Float(weights[$0]) * scale[$0 % scale.count] }
    }
}

// MARK: - Verification

extension Model {
    private static func verifyFormat(_ file: Safetensors, name: String) throws(ModelFileError) {
        let format = file.metadata[ModelMetadata.Field.format.rawValue]
        guard format == ModelMetadata.format else {
            let reason = "it is \(format ?? "missing") where a model file has \(ModelMetadata.format)"
            throw .invalidField(path: name, field: "format", reason: reason)
        }
        let version = file.metadata[ModelMetadata.Field.formatVersion.rawValue]
        guard version == ModelMetadata.formatVersion else {
            let reason =
                "\(version ?? "nothing") is not a version that this release reads (\(ModelMetadata.formatVersion))"
            throw .invalidField(path: name, field: "format_version", reason: reason)
        }
        guard file.tensorStart % ModelFileLayout.alignment == 0 else {
            throw .damaged(path: name, reason: "tensors start at byte \(file.tensorStart), not a multiple of 64")
        }
    }

    /// The checksum of an intact file; nil for a file that carries none, which is another format or a rewritten header.
    private static func verifyChecksum(_ contents: Data, name: String) throws(ModelFileError) -> String? {
        guard let stored = ModelFileLayout.storedDigest(contents) else { return nil }
        let computed = try ModelFileLayout.digest(contents)
        guard stored == computed else { throw .checksumMismatch(path: name, stored: stored, computed: computed) }
        return stored
    }

    private static func verifyTensors(
        _ file: Safetensors, _ metadata: ModelMetadata, name: String
    ) throws(ModelFileError) -> [Tensor] {
        var tensors: [Tensor] = []
        for specification in metadata.tensors {
            let tensor = try verify(specification.name, shape: specification.shape, file, name: name)
            tensors.append(tensor)
            guard tensor.type == .int8 else { continue }
            guard let scaleName = specification.scaleName, let quantisation = metadata.quantisation else {
                throw .tensorMismatch(name: tensor.name, expected: "F32", found: "I8")
            }
            let count = quantisation.granularity == .perTensor ? 1 : specification.shape[1]
            tensors.append(try verify(scaleName, shape: [count], file, name: name))
            guard try file.values(scaleName, as: Float.self).allSatisfy({ $0 > 0 }) else {
                throw .invalidField(path: name, field: scaleName, reason: "a scale is not positive")
            }
        }
        if metadata.quantisation?.activations == .frozen {
            for range in metadata.architecture.activationRanges {
                try verifyRange(range.name, try file.values(range.name), name: name)
            }
        }
        let known = Set(tensors.map(\.name))
        for (key, entry) in file.entries where !known.contains(key) {
            guard key.hasPrefix(ModelFileLayout.paddingPrefix), entry.type == .uint8 else {
                throw .unexpectedTensor(name: key)
            }
        }
        return tensors
    }

    /// Checks a range of activations: limits are positive, a low end is below its high end and not above 0.
    private static func verifyRange(_ range: String, _ values: [Float], name: String) throws(ModelFileError) {
        let isUsable =
            range.hasSuffix(".input") ? values[0] <= 0 && values[0] < values[1] : values.allSatisfy { $0 > 0 }
        guard isUsable else { throw .invalidField(path: name, field: range, reason: "\(values) is not a range") }
    }

    /// Checks one tensor's type, shape, place and values.
    private static func verify(
        _ tensorName: String, shape: [Int], _ file: Safetensors, name: String
    ) throws(ModelFileError) -> Tensor {
        guard let entry = file.entries[tensorName] else { throw .missingTensor(name: tensorName) }
        guard entry.shape == shape else {
            throw .tensorMismatch(name: tensorName, expected: "\(shape)", found: "\(entry.shape)")
        }
        guard entry.range.lowerBound % ModelFileLayout.alignment == 0 else {
            throw .damaged(path: name, reason: "tensor \(tensorName) is not aligned to 64 bytes")
        }
        switch entry.type {
        case .int8: break
        case .float32:
            guard try file.values(tensorName, as: Float.self).allSatisfy(\.isFinite) else {
                throw .invalidField(path: name, field: tensorName, reason: "a weight is not finite")
            }
        default: throw .tensorMismatch(name: tensorName, expected: "F32 or I8", found: entry.type.rawValue)
        }
        return Tensor(name: tensorName, type: entry.type, shape: shape, byteCount: entry.range.count)
    }
}

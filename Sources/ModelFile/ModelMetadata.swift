/// What a model file says about its weights.
public struct ModelMetadata: Equatable, Sendable {
    /// What people call the model.
    public var name: String
    public var architecture: Architecture
    /// The preprocessing that the model was trained with, which it must be served with: the name of a built-in preset, or
    /// a preset's definition as a JSON object, which has a `name` of its own.
    public var preset: String
    /// Class names in the order of the network's outputs.
    public var classes: [String]
    /// How kernels are stored; nil when all of them are float.
    public var quantisation: Quantisation?
    public var calibration: Calibration
    public var provenance: Provenance

    /// Every tensor that the file must have, without the scales of int8 kernels.
    public var tensors: [TensorSpecification] {
        architecture.tensors + (quantisation?.activations == .frozen ? architecture.activationRanges : [])
    }

    public init(
        name: String, architecture: Architecture, preset: String, classes: [String], quantisation: Quantisation? = nil,
        calibration: Calibration = Calibration(), provenance: Provenance
    ) {
        self.name = name
        self.architecture = architecture
        self.preset = preset
        self.classes = classes
        self.quantisation = quantisation
        self.calibration = calibration
        self.provenance = provenance
    }
}

/// How the int8 kernels of a file stand for real numbers: w = scale * q, symmetric, no zero point.
///
/// A kernel may still be float: an int8 tensor is one that has type I8 and a `.scale` beside it.
public struct Quantisation: Codable, Equatable, Sendable {
    public enum Weights: String, Codable, Sendable {
        case int8
    }

    public enum Granularity: String, Codable, Sendable {
        /// One scale, shape [1], for a whole kernel.
        case perTensor = "per-tensor"
        /// One scale for each output, shape [out].
        case perChannel = "per-channel"
    }

    /// Where the ranges of activations come from in an integer engine.
    public enum Activations: String, Codable, Sendable {
        /// Measured once on real input and kept in the file: the tensors of `Architecture.activationRanges`.
        case frozen
    }

    public var weights: Weights
    public var granularity: Granularity
    /// Nil for a file that holds no ranges, which only float engines can run.
    public var activations: Activations?

    public init(weights: Weights = .int8, granularity: Granularity, activations: Activations? = nil) {
        self.weights = weights
        self.granularity = granularity
        self.activations = activations
    }
}

/// How logits become probabilities: softmax(z / temperature).
public struct Calibration: Codable, Equatable, Sendable {
    /// Fitted on data kept back; 1 leaves the network as trained.
    public var temperature: Double

    public init(temperature: Double = 1) {
        self.temperature = temperature
    }
}

/// Where a model comes from.
public struct Provenance: Codable, Equatable, Sendable {
    /// The file that was imported, or what trained the model.
    public var source: String
    /// SHA-256 of that file, hexadecimal.
    public var sourceSha256: String
    /// What made this file of it.
    public var importer: String
    /// The day it was made, as the caller states it: the same input gives the same bytes.
    public var date: String

    public init(source: String, sourceSha256: String, importer: String, date: String) {
        self.source = source
        self.sourceSha256 = sourceSha256
        self.importer = importer
        self.date = date
    }
}

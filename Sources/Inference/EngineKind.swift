public import ModelFile

/// The engines that a model can be run by.
public enum EngineKind: String, CaseIterable, Sendable {
    /// `Int8Engine`.
    case int8
    /// `FloatFastEngine`.
    case float
    /// `FloatReferenceEngine`.
    case reference

    /// The fastest engine that a model is made for: int8 where its file holds ranges of activations.
    public static func best(for model: Model) -> EngineKind {
        model.metadata.quantisation?.activations == .frozen ? .int8 : .float
    }

    /// An engine with its own copy of the weights.
    public func makeEngine(_ model: Model) throws(InferenceError) -> any Engine {
        switch self {
        case .int8: try Int8Engine(model: model)
        case .float: try FloatFastEngine(model: model)
        case .reference: try FloatReferenceEngine(model: model)
        }
    }
}

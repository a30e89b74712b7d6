/// What can be wrong with a request for preprocessing; none of it goes away by trying again.
public enum LightCurveError: Error, Equatable, Sendable {
    case unknownPreset(name: String)
    /// A definition that cannot be carried out, or a stream's cuts that cannot.
    case invalidPreset(field: String, reason: String)

    public var isRetriable: Bool { false }
}

extension LightCurveError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownPreset(let name):
            "there is no preset \"\(name)\"; name one of: \(Preset.all.map(\.name).joined(separator: ", "))"
        case .invalidPreset(let field, let reason):
            "the preset is not usable: \(field.isEmpty ? "" : "\(field): ")\(reason)"
        }
    }
}

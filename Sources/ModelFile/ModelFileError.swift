/// What can be wrong with a model file; none of it goes away by trying again.
public enum ModelFileError: Error, Equatable, Sendable {
    case unreadable(path: String, reason: String)
    case damaged(path: String, reason: String)
    case missingTensor(name: String)
    case tensorMismatch(name: String, expected: String, found: String)

    public var isRetriable: Bool { false }
}

extension ModelFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .damaged(let path, let reason): "\(path) is damaged: \(reason)"
        case .missingTensor(let name): "the model file has no tensor \(name)"
        case .tensorMismatch(let name, let expected, let found): "tensor \(name) should be \(expected) and is \(found)"
        }
    }
}

/// What can be wrong with a model file; none of it goes away by trying again.
public enum ModelFileError: Error, Equatable, Sendable {
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    /// The bytes do not follow the file's format.
    case damaged(path: String, reason: String)
    /// The bytes are not those that were written: the stored and the computed SHA-256 differ.
    case checksumMismatch(path: String, stored: String, computed: String)
    /// The format is intact, and one field of it holds what cannot be served.
    case invalidField(path: String, field: String, reason: String)
    /// A file to import that holds another network than the ones Apus knows.
    case unsupportedNetwork(path: String, reason: String)
    case missingTensor(name: String)
    case unexpectedTensor(name: String)
    case tensorMismatch(name: String, expected: String, found: String)
    /// libcrypto refused to compute a SHA-256.
    case checksumUnavailable(reason: String)

    public var isRetriable: Bool { false }
}

extension ModelFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        case .damaged(let path, let reason): "\(path) is damaged: \(reason); fetch or write it again"
        case .checksumMismatch(let path, let stored, let computed):
            "\(path) is damaged: it says sha256 \(stored) and its bytes give \(computed); fetch or write it again"
        case .invalidField(let path, let field, let reason): "\(path): \(field) is not usable: \(reason)"
        case .unsupportedNetwork(let path, let reason): "\(path) does not hold a network of the t2 family: \(reason)"
        case .missingTensor(let name): "the model file has no tensor \(name)"
        case .unexpectedTensor(let name): "the model file has a tensor \(name) that its architecture has no place for"
        case .tensorMismatch(let name, let expected, let found): "tensor \(name) should be \(expected) and is \(found)"
        case .checksumUnavailable(let reason): "SHA-256 cannot be computed: \(reason); check the libcrypto installation"
        }
    }
}

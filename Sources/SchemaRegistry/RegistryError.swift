/// Why a schema registry gave no usable answer; no text of it holds a password.
public enum RegistryError: Error, Equatable, Sendable {
    /// The settings cannot work.
    case badConfiguration(reason: String)
    /// No connection, a broken one, or a certificate that nobody vouches for.
    case unreachable(reason: String)
    case timedOut(timeoutMs: Int)
    case tooLarge(limit: Int)
    /// The registry wants other credentials (401, 403).
    case refused(status: Int)
    case status(Int)
    /// An answer that a schema registry does not give.
    case nonsense(reason: String)
    /// The registry says that it has no schema with the id.
    case unknownId(Int32)

    /// All but faulty settings: what an operator mends at the registry need not be mended here.
    public var isRetriable: Bool {
        if case .badConfiguration = self { false } else { true }
    }

    /// True where another request would most likely fare no better, whatever schema it asks for.
    var isOutage: Bool {
        switch self {
        case .unreachable, .timedOut, .refused, .status: true
        case .badConfiguration, .tooLarge, .nonsense, .unknownId: false
        }
    }
}

extension RegistryError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badConfiguration(let reason): "the schema registry cannot be asked: \(reason)"
        case .unreachable(let reason): "the schema registry is not reachable: \(reason)"
        case .timedOut(let timeoutMs):
            "the schema registry did not answer within \(timeoutMs) ms (schemas.timeout_ms)"
        case .tooLarge(let limit): "the schema registry's answer is longer than \(limit) bytes"
        case .refused(let status):
            "the schema registry refuses the credentials (HTTP status \(status)): check schemas.user and schemas.password"
        case .status(let status): "the schema registry answers with HTTP status \(status)"
        case .nonsense(let reason):
            "the answer is not one of a schema registry: \(reason); check schemas.registry"
        case .unknownId(let id): "the schema registry knows no schema with id \(id)"
        }
    }
}

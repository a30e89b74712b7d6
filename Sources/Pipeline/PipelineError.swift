/// Why the route came to a stop; what can be waited for is waited for, and does not appear here.
public enum PipelineError: Error, Equatable, Sendable {
    /// The model cannot be served.
    case model(reason: String)
    case inference(reason: String)
    /// The database refused something that trying again does not mend.
    case store(reason: String)
    case streaming(reason: String)
    /// Work in hand was not committed in time; nothing is lost, it is read again at the next start.
    case drainTimedOut(batches: Int)

    public var isRetriable: Bool { false }
}

extension PipelineError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .model(let reason): "the model cannot be served: \(reason)"
        case .inference(let reason): "the network failed: \(reason)"
        case .store(let reason): "the database refused a batch: \(reason)"
        case .streaming(let reason): "the stream cannot be read: \(reason)"
        case .drainTimedOut(let batches):
            "\(batches) batches were not committed before the drain timeout; they are read again at the next start"
        }
    }
}

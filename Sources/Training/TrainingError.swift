/// What can go wrong while a model is made.
public enum TrainingError: Error, Equatable, Sendable {
    case checkpoint(path: String, reason: String)
    /// A file of curves, alerts or labels that cannot be used.
    case data(path: String, reason: String)
    /// The examples do not fit the network.
    case mismatch(reason: String)
    /// The loss is no number any more.
    case diverged(epoch: Int)

    /// Never: the same call fails again.
    public var isRetriable: Bool { false }
}

extension TrainingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .checkpoint(let path, let reason): "checkpoint \(path): \(reason)"
        case .data(let path, let reason): "\(path): \(reason)"
        case .mismatch(let reason): reason
        case .diverged(let epoch): "the loss is not finite in epoch \(epoch): lower the learning rate"
        }
    }
}

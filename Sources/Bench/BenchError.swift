/// Why a measurement cannot be made.
public enum BenchError: Error, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case noPackets(paths: [String])
    case notAPacket(path: String, reason: String)
    case peerFailed(peer: String, reason: String)
    /// Two decoders disagree on the same packets, so that their times do not compare.
    case disagreement(peer: String, reason: String)

    public var isRetriable: Bool { false }

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .noPackets(let paths):
            "no .avro files in \(paths.joined(separator: ", ")); give alert packets or folders of them"
        case .notAPacket(let path, let reason): "\(path) is no alert packet to measure with: \(reason)"
        case .peerFailed(let peer, let reason): "\(peer) failed: \(reason); leave it out with --no-peers"
        case .disagreement(let peer, let reason): "\(peer) reads something else than apus: \(reason)"
        }
    }
}

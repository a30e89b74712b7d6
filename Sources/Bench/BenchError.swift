/// Why a measurement cannot be made.
public enum BenchError: Error, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case noPackets(paths: [String])
    case notAPacket(path: String, reason: String)
    case noCurves(paths: [String])
    case peerFailed(peer: String, reason: String)
    /// Two programs disagree on the same input, so that their times do not compare.
    case disagreement(peer: String, reason: String)
    case unusableConnection

    public var isRetriable: Bool { false }

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .noPackets(let paths):
            "no .avro files in \(paths.joined(separator: ", ")); give alert packets or folders of them"
        case .noCurves(let paths): "no alert in \(paths.joined(separator: ", ")) has a light curve that can be regridded"
        case .notAPacket(let path, let reason): "\(path) is no alert packet to measure with: \(reason)"
        case .peerFailed(let peer, let reason): "\(peer) failed: \(reason); leave it out with --no-peers"
        case .unusableConnection: "the database connection string cannot be given another database"
        case .disagreement(let peer, let reason): "\(peer) gets something else than apus: \(reason)"
        }
    }
}

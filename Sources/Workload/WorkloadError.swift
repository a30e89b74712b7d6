/// What can go wrong while alerts are simulated, read from archives or written to files; none of it goes away by trying
/// again.
public enum WorkloadError: Error, Equatable, Sendable {
    case invalidConfiguration(name: String, value: String, reason: String)
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    /// A folder holds no alert file or archive.
    case nothingToRead(path: String)
    /// An archive ends before its contents do.
    case truncatedArchive(path: String, member: String?, offset: UInt64)
    /// An archive breaks its format's rules; `offset` counts uncompressed bytes.
    case damagedArchive(path: String, offset: UInt64, reason: String)
    /// A simulated alert could not be written as Avro.
    case encoding(reason: String)

    public var isRetriable: Bool { false }
}

extension WorkloadError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidConfiguration(let name, let value, let reason):
            "\(name) is \(value) but \(reason)"
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason)"
        case .unwritable(let path, let reason):
            "\(path) cannot be written: \(reason)"
        case .nothingToRead(let path):
            "\(path) holds no .avro file and no .tar, .tar.gz or .tgz archive; name the files themselves to read others"
        case .truncatedArchive(let path, let member, let offset):
            "\(path) ends after \(offset) bytes\(member.map { ", inside \($0)" } ?? ""): it is cut off; fetch it again"
        case .damagedArchive(let path, let offset, let reason):
            "\(path) is damaged near byte \(offset): \(reason); fetch it again"
        case .encoding(let reason):
            "a simulated alert cannot be encoded: \(reason)"
        }
    }
}

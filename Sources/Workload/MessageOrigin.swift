public import AvroCoding

/// Where a message of an `AlertSource` comes from.
public struct MessageOrigin: Sendable, Equatable {
    public var path: String
    /// The member of the archive at `path`; nil for a plain file.
    public var member: String?
    /// Number of the message within its file or member, from 1.
    public var record: Int
    /// Why a file is passed on whole instead of record by record; nil for good containers and for what is no container.
    public var damage: AvroError?
}

extension MessageOrigin: CustomStringConvertible {
    public var description: String {
        "\(path)\(member.map { ":" + $0 } ?? "")#\(record)"
    }
}

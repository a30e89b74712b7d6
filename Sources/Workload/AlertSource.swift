import AvroCoding
import Foundation

/// The alert messages in files, folders and tar archives, one by one, in a fixed order.
///
/// - A folder gives its `.avro` files and archives at any depth in the order of their paths; other and hidden files are
///   passed over. A file that is named itself is taken whatever its name.
/// - `.tar`, `.tar.gz` and `.tgz` archives are read as they stand, nothing is unpacked to disk; their `.avro` members are
///   taken.
/// - An Avro container gives one message a record, each complete in itself, with its schema; one without records
///   gives none.
/// - Anything else is one message, as it is: Confluent-framed packets, which begin with a zero byte, and also damaged
///   containers. Their bytes belong in the stream, because it is the stream's consumer that decides about bad packets, and
///   keeps them. Of a container that is damaged behind some good records, those come first and then the whole file once;
///   `origin.damage` tells why.
///
/// One file at a time is in memory. One owner, one thread.
public struct AlertSource: ~Copyable {
    /// Bytes of the largest archive member, or damaged file, that is taken.
    public static let largestFile: UInt64 = 1 << 30

    /// Where the newest message comes from.
    public private(set) var origin = MessageOrigin(path: "", member: nil, record: 0, damage: nil)

    private let items: [SourceList.Item]
    private var itemIndex = 0
    private var archive: TarReader?
    private var records: MessageReader?
    /// The archive member being read; a plain file stays on disk.
    private var memberBytes: [UInt8] = []

    /// Finds the files; reading them begins with `next`.
    public init(paths: [String]) throws(WorkloadError) {
        items = try SourceList.items(paths)
    }

    /// Files and archives that were found.
    public var fileCount: Int { items.count }

    /// Replaces `message` by the next one; false, and an empty message, after the last.
    ///
    /// Throws for files that cannot be read and for archives that are cut off or damaged; after that the source goes on
    /// with the next file.
    public mutating func next(into message: inout [UInt8]) throws(WorkloadError) -> Bool {
        while true {
            if records != nil {
                if try nextRecord(into: &message) { return true }
            } else {
                guard try nextFile() else {
                    message.removeAll(keepingCapacity: true)
                    return false
                }
                if try open(into: &message) { return true }
            }
        }
    }

    /// The next record of the current file; false at its end.
    private mutating func nextRecord(into message: inout [UInt8]) throws(WorkloadError) -> Bool {
        do {
            if try records?.next(into: &message) == true {
                origin.record += 1
                return true
            }
            records = nil
            return false
        } catch {
            records = nil
            try takeWhole(into: &message, because: error)
            return true
        }
    }

    /// Begins the current file: true when it is a message itself, false when its records follow.
    private mutating func open(into message: inout [UInt8]) throws(WorkloadError) -> Bool {
        do {
            records = origin.member == nil ? try MessageReader(path: origin.path) : try MessageReader(bytes: memberBytes)
            return false
        } catch {
            try takeWhole(into: &message, because: error)
            return true
        }
    }

    private mutating func takeWhole(into message: inout [UInt8], because error: AvroError) throws(WorkloadError) {
        if origin.member == nil {
            try read(origin.path, into: &message)
        } else {
            swap(&message, &memberBytes)
        }
        origin.record += 1
        // What never was a container is no damaged one.
        origin.damage = message.starts(with: "Obj\u{1}".utf8) ? error : nil
    }

    // MARK: - Files

    /// Goes to the next file, or reads the next member of the current archive; false after the last.
    private mutating func nextFile() throws(WorkloadError) -> Bool {
        while true {
            if archive != nil, try nextMember() { return true }
            guard itemIndex < items.count else { return false }
            let item = items[itemIndex]
            itemIndex += 1
            origin = MessageOrigin(path: item.path, member: nil, record: 0, damage: nil)
            guard item.isArchive else { return true }
            archive = try TarReader(path: item.path)
        }
    }

    private mutating func nextMember() throws(WorkloadError) -> Bool {
        do {
            guard let name = try archive?.next(into: &memberBytes, where: SourceList.isAlertFile) else {
                archive = nil
                return false
            }
            origin = MessageOrigin(path: origin.path, member: name, record: 0, damage: nil)
            return true
        } catch {
            archive = nil
            throw error
        }
    }

    private func read(_ path: String, into message: inout [UInt8]) throws(WorkloadError) {
        message.removeAll(keepingCapacity: true)
        do {
            let contents = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
            guard UInt64(contents.count) <= Self.largestFile else {
                throw WorkloadError.unreadable(
                    path: path,
                    reason: "it has \(contents.count) bytes, more than the \(Self.largestFile) that are taken")
            }
            message.append(contentsOf: contents)
        } catch let error as WorkloadError {
            throw error
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
    }
}

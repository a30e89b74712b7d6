/// The members of a tar archive, one after another, without unpacking it: ustar, GNU long names, pax path and size
/// records.
///
/// Every header's checksum is verified. An archive has to end with a block of zeros; one that just stops was cut off
/// and says so. Sparse members are refused, links and devices passed over.
struct TarReader {
    let input: ArchiveInput
    /// Names and attributes longer than this are taken as damage.
    private static let longestAttribute: UInt64 = 1 << 20
    private var chunk = [UInt8](repeating: 0, count: 1 << 16)
    private var block = [UInt8](repeating: 0, count: TarHeader.blockSize)

    init(path: String) throws(WorkloadError) {
        input = try ArchiveInput(path: path)
    }

    /// Reads the next regular file whose name is `wanted` into `contents`; nil at the end of the archive.
    mutating func next(
        into contents: inout [UInt8], where wanted: (String) -> Bool
    ) throws(WorkloadError) -> String? {
        var longName: String?
        var longSize: UInt64?
        while let header = try nextHeader() {
            switch header.kind {
            case .longName:
                longName = TarHeader.text(try attribute(header)[...])
            case .attributes:
                let attributes = try paxAttributes(try attribute(header))
                longName = attributes.path ?? longName
                longSize = attributes.size ?? longSize
            case .longLink, .globalAttributes:
                try skip(header.size, of: header.name)
            case .sparse:
                throw damaged("\(longName ?? header.name) is a sparse member, which is not supported")
            case .file:
                let name = longName ?? header.name
                let size = longSize ?? header.size
                if wanted(name) {
                    try read(size, of: name, into: &contents)
                    return name
                }
                try skip(size, of: name)
                longName = nil
                longSize = nil
            case .directory, .other, .unknown:
                try skip(header.size, of: header.name)
                longName = nil
                longSize = nil
            }
        }
        return nil
    }

    // MARK: - Blocks

    private mutating func nextHeader() throws(WorkloadError) -> TarHeader? {
        let offset = input.position
        guard try fill(&block, TarHeader.blockSize) == TarHeader.blockSize else { throw truncated(nil) }
        do throws(TarHeader.Fault) {
            if let header = try TarHeader(block) { return header }
        } catch {
            throw .damagedArchive(path: input.path, offset: offset, reason: error.reason)
        }
        // Reads on to the end, so that a gzip file is checked as a whole.
        while try fill(&chunk, chunk.count) > 0 {}
        return nil
    }

    private mutating func read(
        _ size: UInt64, of name: String, into contents: inout [UInt8]
    ) throws(WorkloadError) {
        contents.removeAll(keepingCapacity: true)
        guard size <= AlertSource.largestFile else {
            throw damaged("\(name) claims \(size) bytes, more than the \(AlertSource.largestFile) that are taken")
        }
        try each(size, of: name) { contents.append(contentsOf: $0) }
    }

    private mutating func skip(_ size: UInt64, of name: String) throws(WorkloadError) {
        try each(size, of: name) { _ in }
    }

    /// A member's contents in pieces, then the padding to whole blocks.
    ///
    /// Memory follows what is there and not what the header claims.
    private mutating func each(
        _ size: UInt64, of name: String, _ body: (ArraySlice<UInt8>) -> Void
    ) throws(WorkloadError) {
        var left = size
        while left > 0 {
            let count = Int(min(left, UInt64(chunk.count)))
            guard try fill(&chunk, count, of: name) == count else { throw truncated(name) }
            body(chunk[..<count])
            left -= UInt64(count)
        }
        let padding = Int((512 - size % 512) % 512)
        guard try fill(&block, padding, of: name) == padding else { throw truncated(name) }
    }

    private func fill(_ bytes: inout [UInt8], _ count: Int, of name: String? = nil) throws(WorkloadError) -> Int {
        do throws(WorkloadError) {
            return try bytes.withUnsafeMutableBufferPointer { buffer throws(WorkloadError) in
                let part = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
                return try input.read(into: UnsafeMutableRawBufferPointer(part))
            }
        } catch {
            guard case .truncatedArchive(let path, nil, let offset) = error else { throw error }
            throw .truncatedArchive(path: path, member: name, offset: offset)
        }
    }

    // MARK: - Attributes

    private mutating func attribute(_ header: TarHeader) throws(WorkloadError) -> [UInt8] {
        guard header.size <= Self.longestAttribute else {
            throw damaged("a member's attributes claim \(header.size) bytes")
        }
        var bytes: [UInt8] = []
        try each(header.size, of: header.name) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Records "length key=value\n", the length counting the whole record (IEEE Std 1003.1, pax Extended Header).
    private func paxAttributes(_ bytes: [UInt8]) throws(WorkloadError) -> (path: String?, size: UInt64?) {
        var path: String?
        var size: UInt64?
        var rest = bytes[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0 != UInt8(ascii: " ") }
            guard let length = Int(String(decoding: digits.prefix(20), as: UTF8.self)), length > digits.count + 1,
                length <= rest.count
            else { throw damaged("a pax record has an impossible length") }
            let record = rest.prefix(length).dropFirst(digits.count + 1).dropLast()
            rest = rest.dropFirst(length)
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
                throw damaged("a pax record has no value")
            }
            let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
            switch String(decoding: record[..<equals], as: UTF8.self) {
            case "path":
                path = value
            case "size":
                guard let number = UInt64(value) else { throw damaged("a pax size is \(value)") }
                size = number
            case let key where key.hasPrefix("GNU.sparse."):
                throw damaged("a sparse member, which is not supported")
            default:
                break
            }
        }
        return (path, size)
    }

    private func damaged(_ reason: String) -> WorkloadError {
        .damagedArchive(path: input.path, offset: input.position, reason: reason)
    }

    private func truncated(_ member: String?) -> WorkloadError {
        .truncatedArchive(path: input.path, member: member, offset: input.position)
    }
}

/// One 512-byte header of a tar archive: POSIX ustar (IEEE Std 1003.1, "pax": ustar Interchange Format) with GNU's
/// large numbers.
struct TarHeader {
    static let blockSize = 512

    enum Kind: Equatable {
        case file
        case directory
        /// Links and devices: nothing follows them.
        case other
        /// The next member's name, GNU style.
        case longName
        /// The next member's link target, GNU style.
        case longLink
        /// The next member's attributes, pax style.
        case attributes
        /// Attributes of all members to follow, pax style.
        case globalAttributes
        case sparse
        case unknown(UInt8)
    }

    var name: String
    var size: UInt64
    var kind: Kind

    struct Fault: Error {
        var reason: String
    }

    /// Nil for a block of zeros, which ends an archive.
    init?(_ block: [UInt8]) throws(Fault) {
        guard block.contains(where: { $0 != 0 }) else { return nil }
        try Self.check(block)
        size = try Self.number(block[124..<136], "size")
        let name = Self.text(block[0..<100])
        // GNU archives ("ustar" and two spaces) use the prefix field for other things.
        let isPosix = block[257..<263].elementsEqual("ustar\0".utf8)
        let prefix = isPosix ? Self.text(block[345..<500]) : ""
        self.name = prefix.isEmpty ? name : prefix + "/" + name
        switch block[156] {
        case UInt8(ascii: "0"), UInt8(ascii: "7"), 0: kind = self.name.hasSuffix("/") ? .directory : .file
        case UInt8(ascii: "5"): kind = .directory
        case UInt8(ascii: "1")...UInt8(ascii: "6"): kind = .other
        case UInt8(ascii: "L"): kind = .longName
        case UInt8(ascii: "K"): kind = .longLink
        case UInt8(ascii: "x"): kind = .attributes
        case UInt8(ascii: "g"): kind = .globalAttributes
        case UInt8(ascii: "S"): kind = .sparse
        default: kind = .unknown(block[156])
        }
        // Whatever their size field says, these have no contents.
        if kind == .directory || kind == .other { size = 0 }
    }

    /// The sum of all bytes with the checksum's own taken as spaces; some old archives summed signed bytes.
    private static func check(_ block: [UInt8]) throws(Fault) {
        let stated = try number(block[148..<156], "checksum")
        var unsigned: UInt64 = 0
        var signed: Int64 = 0
        for (index, byte) in block.enumerated() {
            let counted = (148..<156).contains(index) ? UInt8(ascii: " ") : byte
            unsigned += UInt64(counted)
            signed += Int64(Int8(bitPattern: counted))
        }
        guard stated == unsigned || Int64(exactly: stated) == signed else {
            throw Fault(reason: "a member's header has checksum \(stated) and should have \(unsigned)")
        }
    }

    /// Octal digits, or with the top bit set GNU's big-endian binary.
    private static func number(_ field: ArraySlice<UInt8>, _ what: String) throws(Fault) -> UInt64 {
        var value: UInt64 = 0
        if let first = field.first, first & 0x80 != 0 {
            guard first == 0x80 else { throw Fault(reason: "a member's \(what) is negative or too large") }
            for byte in field.dropFirst() {
                guard value >> 56 == 0 else { throw Fault(reason: "a member's \(what) is too large") }
                value = value << 8 | UInt64(byte)
            }
            return value
        }
        var started = false
        for byte in field {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                value = value << 3 | UInt64(byte - UInt8(ascii: "0"))
                started = true
            case UInt8(ascii: " ") where !started:
                continue
            case 0, UInt8(ascii: " "):
                return value
            default:
                throw Fault(reason: "a member's \(what) is not an octal number")
            }
        }
        return value
    }

    /// A field's text up to its first zero byte.
    static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }
}

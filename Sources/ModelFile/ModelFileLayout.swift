import Foundation

/// The parts of an `.apus` file that are at fixed places.
///
/// The header begins with `prefix`, so the 64 digits of the checksum lie at bytes 35 to 98 of every file. The
/// checksum is the SHA-256 of the whole file with those digits taken as 64 zeros: no byte is outside it.
enum ModelFileLayout {
    static let prefix = #"{"__metadata__":{"sha256":""#
    static let alignment = 64
    /// Names of the entries that fill the gaps between aligned tensors, so that every safetensors reader accepts the
    /// file.
    static let paddingPrefix = "padding."

    static var digestRange: Range<Int> {
        let start = 8 + prefix.utf8.count
        return start..<(start + SHA256.hexCount)
    }

    static let blankDigest = [UInt8](repeating: UInt8(ascii: "0"), count: SHA256.hexCount)

    /// The digest a file carries; nil when the header does not start the way it must.
    static func storedDigest(_ file: Data) -> String? {
        file.withUnsafeBytes { bytes in
            guard bytes.count > digestRange.upperBound, bytes[8..<digestRange.lowerBound].elementsEqual(prefix.utf8)
            else {
                return nil
            }
            return String(validating: bytes[digestRange], as: UTF8.self)
        }
    }

    /// The digest a file of this content must carry.
    static func digest(_ file: Data) throws(ModelFileError) -> String {
        var hash = try SHA256()
        let range = digestRange
        file.withUnsafeBytes { bytes in
            hash.update(UnsafeRawBufferPointer(rebasing: bytes[..<range.lowerBound]))
            blankDigest.withUnsafeBytes { hash.update($0) }
            hash.update(UnsafeRawBufferPointer(rebasing: bytes[range.upperBound...]))
        }
        return try hash.hex()
    }

    /// A count rounded up to the alignment.
    static func aligned(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
}

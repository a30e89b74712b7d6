/// An object's name (ZTF's `objectId`, or LSST's integer id in decimal) held inline, so that an alert needs no String.
///
/// At most `maximumLength` bytes of UTF-8; ZTF names have 12, a 64-bit integer at most 20.
public struct ObjectId: Hashable, Sendable {
    public static let maximumLength = 31

    // Bytes in order, zero padded; the last byte is the length. Equality and hashing are those of the words.
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    public init() {}

    /// Copies a name; nil when it is longer than `maximumLength` bytes.
    public init?(utf8 bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= Self.maximumLength else { return nil }
        withUnsafeMutableBytes(of: &words) { destination in
            destination.copyMemory(from: bytes)
            destination[Self.maximumLength] = UInt8(bytes.count)
        }
    }

    public init?(_ name: String) {
        var name = name
        let parsed = name.withUTF8 { ObjectId(utf8: UnsafeRawBufferPointer($0)) }
        guard let parsed else { return nil }
        self = parsed
    }

    /// The decimal form of an integer id.
    public init(_ id: Int64) {
        withUnsafeMutableBytes(of: &words) { destination in
            var digits = 0
            var magnitude = id.magnitude
            repeat {
                destination[Self.maximumLength - 1 - digits] = UInt8(ascii: "0") + UInt8(magnitude % 10)
                magnitude /= 10
                digits += 1
            } while magnitude > 0
            if id < 0 {
                destination[Self.maximumLength - 1 - digits] = UInt8(ascii: "-")
                digits += 1
            }
            let start = Self.maximumLength - digits
            for index in 0..<Self.maximumLength {
                destination[index] = index < digits ? destination[start + index] : 0
            }
            destination[Self.maximumLength] = UInt8(digits)
        }
    }

    /// The name's length in bytes.
    public var count: Int {
        withUnsafeBytes(of: words) { Int($0[Self.maximumLength]) }
    }

    /// The name's bytes; the buffer is valid inside `body` only.
    public func withUTF8<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let copy = words
        return try withUnsafeBytes(of: copy) { bytes throws(Failure) -> Result in
            try body(UnsafeRawBufferPointer(rebasing: bytes[..<Int(bytes[Self.maximumLength])]))
        }
    }

    public static func == (left: ObjectId, right: ObjectId) -> Bool {
        left.words == right.words
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

extension ObjectId: CustomStringConvertible {
    public var description: String {
        withUTF8 { String(decoding: $0, as: UTF8.self) }
    }
}

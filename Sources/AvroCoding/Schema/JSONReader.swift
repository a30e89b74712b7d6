/// Parses JSON (RFC 8259) from bytes that nobody vouches for: nesting is limited, errors name the byte.
struct JSONReader {
    /// Deeper than any schema in use, shallow enough for a thread's stack.
    static let maximumDepth = 128

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func parse(_ bytes: [UInt8]) throws(AvroError) -> JSONValue {
        var reader = JSONReader(bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.invalid("something follows the JSON value") }
        return value
    }

    private func invalid(_ reason: String) -> AvroError {
        .schemaInvalid(reason: reason, location: "byte \(position)")
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[position]) { position += 1 }
    }

    private mutating func peek() throws(AvroError) -> UInt8 {
        skipSpace()
        guard position < bytes.count else { throw invalid("the JSON ends early") }
        return bytes[position]
    }

    /// Moves past a punctuation mark if it comes next.
    private mutating func take(_ mark: Unicode.Scalar) throws(AvroError) -> Bool {
        guard try peek() == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(AvroError) -> JSONValue {
        guard depth < Self.maximumDepth else { throw invalid("nested more than \(Self.maximumDepth) deep") }
        switch try peek() {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .boolean(true))
        case UInt8(ascii: "f"): return try literal("false", .boolean(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws(AvroError) -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        if try take("}") { return .object(members) }
        repeat {
            guard try peek() == UInt8(ascii: "\"") else { throw invalid("a member's name should come here") }
            let key = try string()
            guard try take(":") else { throw invalid("a colon should follow the name \(key)") }
            members.append(JSONValue.Member(key: key, value: try value(depth: depth + 1)))
        } while try take(",")
        guard try take("}") else { throw invalid("the object should end here") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(AvroError) -> JSONValue {
        position += 1
        var items: [JSONValue] = []
        if try take("]") { return .array(items) }
        repeat {
            items.append(try value(depth: depth + 1))
        } while try take(",")
        guard try take("]") else { throw invalid("the array should end here") }
        return .array(items)
    }

    private mutating func literal(_ word: String, _ value: JSONValue) throws(AvroError) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw invalid("no JSON value starts like this") }
        position += word.utf8.count
        return value
    }

    private mutating func number() throws(AvroError) -> String {
        let start = position
        while position < bytes.count, Self.numberBytes.contains(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard Double(text) != nil else {
            position = start
            throw invalid("no JSON value starts like this")
        }
        return text
    }

    private static let numberBytes = Array("0123456789+-.eE".utf8)

    private mutating func string() throws(AvroError) -> String {
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20: throw invalid("a control character in a string")
            default: text.append(byte)
            }
        }
        throw invalid("the JSON ends inside a string")
    }

    private mutating func escape() throws(AvroError) -> Unicode.Scalar {
        guard position < bytes.count else { throw invalid("the JSON ends inside a string") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw invalid("an unknown escape in a string")
        }
    }

    private mutating func unicodeEscape() throws(AvroError) -> Unicode.Scalar {
        let high = try fourHexDigits()
        guard (0xd800..<0xdc00).contains(high) else { return Unicode.Scalar(high) ?? "\u{fffd}" }
        guard bytes[position...].starts(with: "\\u".utf8) else { return "\u{fffd}" }
        position += 2
        let low = try fourHexDigits()
        guard (0xdc00..<0xe000).contains(low) else { return "\u{fffd}" }
        return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00)) ?? "\u{fffd}"
    }

    private mutating func fourHexDigits() throws(AvroError) -> UInt32 {
        guard bytes.count - position >= 4,
            let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw invalid("four hexadecimal digits should follow \\u") }
        position += 4
        return value
    }
}

/// The JSON header of a safetensors file, read strictly: no duplicate key, no unknown field, no number that is not a
/// count.
///
/// Grammar: `{ "__metadata__": { string: string }, name: { "dtype": string, "shape": [n], "data_offsets": [begin,
/// end] } }`.
struct SafetensorsHeader {
    struct Tensor {
        var typeName: String?
        var shape: [Int]?
        var offsets: [Int]?
    }

    private(set) var tensors: [String: Tensor] = [:]
    private(set) var metadata: [String: String] = [:]

    private let bytes: [UInt8]
    private let path: String
    private var position = 0

    init(parsing bytes: [UInt8], path: String) throws(ModelFileError) {
        self.bytes = bytes
        self.path = path
        var hasMetadata = false
        try object { (parser: inout SafetensorsHeader, key: String) throws(ModelFileError) in
            if key == "__metadata__" {
                guard !hasMetadata else { throw parser.damaged("duplicate key __metadata__") }
                hasMetadata = true
                try parser.metadataObject()
            } else {
                guard parser.tensors[key] == nil else { throw parser.damaged("duplicate tensor \(key)") }
                parser.tensors[key] = try parser.tensorObject(key)
            }
        }
        skipSpace()
        guard position == bytes.count else { throw damaged("text after the JSON object") }
    }

    private mutating func metadataObject() throws(ModelFileError) {
        try object { (parser: inout SafetensorsHeader, key: String) throws(ModelFileError) in
            guard parser.metadata[key] == nil else { throw parser.damaged("duplicate metadata key \(key)") }
            parser.metadata[key] = try parser.string()
        }
    }

    private mutating func tensorObject(_ name: String) throws(ModelFileError) -> Tensor {
        var tensor = Tensor()
        try object { (parser: inout SafetensorsHeader, key: String) throws(ModelFileError) in
            switch key {
            case "dtype" where tensor.typeName == nil: tensor.typeName = try parser.string()
            case "shape" where tensor.shape == nil: tensor.shape = try parser.counts()
            case "data_offsets" where tensor.offsets == nil: tensor.offsets = try parser.counts()
            default: throw parser.damaged("tensor \(name) has a duplicate or unknown field \(key)")
            }
        }
        return tensor
    }

    private func damaged(_ reason: String) -> ModelFileError {
        .damaged(path: path, reason: "header: \(reason) (byte \(position) of the JSON)")
    }
}

// MARK: - JSON

extension SafetensorsHeader {
    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    /// Passes white space and, if it is next, `character`.
    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(ModelFileError) {
        guard accept(character) else { throw damaged("no JSON here, '\(character)' was expected") }
    }

    private mutating func object(
        member: (inout SafetensorsHeader, String) throws(ModelFileError) -> Void
    ) throws(ModelFileError) {
        try expect("{")
        if accept("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try member(&self, key)
        } while accept(",")
        try expect("}")
    }

    private mutating func counts() throws(ModelFileError) -> [Int] {
        try expect("[")
        var values: [Int] = []
        if accept("]") { return values }
        repeat { values.append(try count()) } while accept(",")
        try expect("]")
        return values
    }

    private mutating func count() throws(ModelFileError) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !tooLarge, !overflow else { throw damaged("number beyond 64 bits") }
            value = sum
            position += 1
        }
        guard position > start else { throw damaged("a count was expected") }
        guard position == start + 1 || bytes[start] != UInt8(ascii: "0") else {
            throw damaged("number with a leading 0")
        }
        return value
    }

    private mutating func string() throws(ModelFileError) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw damaged("string is not UTF-8") }
                return string
            case UInt8(ascii: "\\"):
                try escape(into: &text)
            case 0..<0x20:
                throw damaged("control character in a string")
            default:
                text.append(byte)
            }
        }
        throw damaged("unfinished string")
    }

    private mutating func escape(into text: inout [UInt8]) throws(ModelFileError) {
        guard let byte = peek() else { throw damaged("unfinished string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try codeUnit())
            if (0xD800..<0xDC00).contains(code) {
                guard bytes[position...].starts(with: Array("\\u".utf8)) else { throw damaged("half a surrogate pair") }
                position += 2
                let low = UInt32(try codeUnit())
                guard (0xDC00..<0xE000).contains(low) else { throw damaged("half a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw damaged("half a surrogate pair") }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: throw damaged("unknown escape")
        }
    }

    private mutating func codeUnit() throws(ModelFileError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw damaged("four hexadecimal digits were expected")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}

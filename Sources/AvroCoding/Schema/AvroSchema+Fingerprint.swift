extension AvroSchema {
    /// The schema's parsing canonical form (Avro 1.11 specification, "Parsing Canonical Form for Schemas"): what
    /// matters for reading, in one spelling.
    ///
    /// Full names, no attributes but name, type, fields, symbols, items, values and size, in this order, no white
    /// space; a named type is written out where it comes first.
    public var canonicalForm: String {
        var text = ""
        var written: Set<Int> = []
        appendCanonicalForm(of: root, to: &text, &written)
        return text
    }

    /// CRC-64-AVRO of the canonical form, which single-object encoding begins with.
    public var fingerprint: UInt64 {
        Self.fingerprint(of: canonicalForm.utf8)
    }

    /// The fingerprint's eight bytes in the order of a message, little-endian, as hexadecimal digits.
    public var fingerprintText: String { Self.text(ofFingerprint: fingerprint) }

    public static func text(ofFingerprint fingerprint: UInt64) -> String {
        let digits = String(fingerprint.byteSwapped, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private func appendCanonicalForm(of node: Node, to text: inout String, _ written: inout Set<Int>) {
        switch node.bare {
        case .array(let item):
            text += #"{"type":"array","items":"#
            appendCanonicalForm(of: item, to: &text, &written)
            text += "}"
        case .map(let value):
            text += #"{"type":"map","values":"#
            appendCanonicalForm(of: value, to: &text, &written)
            text += "}"
        case .union(let branches):
            text += "["
            for (index, branch) in branches.enumerated() {
                if index > 0 { text += "," }
                appendCanonicalForm(of: branch, to: &text, &written)
            }
            text += "]"
        case .named(let index):
            guard written.insert(index).inserted else {
                text += #""\#(named[index].fullName)""#
                return
            }
            appendDefinition(of: named[index], to: &text, &written)
        case let primitive:
            text += #""\#(describe(primitive))""#
        }
    }

    private func appendDefinition(of type: NamedType, to text: inout String, _ written: inout Set<Int>) {
        // Names and symbols are letters, digits, underscores and dots (the parser sees to it): nothing needs escaping.
        text += #"{"name":"\#(type.fullName)","type":"#
        switch type.definition {
        case .record(let fields):
            text += #""record","fields":["#
            for (index, field) in fields.enumerated() {
                text += (index > 0 ? "," : "") + #"{"name":"\#(field.name)","type":"#
                appendCanonicalForm(of: field.type, to: &text, &written)
                text += "}"
            }
            text += "]}"
        case .enumeration(let symbols, _):
            text += #""enum","symbols":["# + symbols.map { #""\#($0)""# }.joined(separator: ",") + "]}"
        case .fixed(let byteCount):
            text += #""fixed","size":\#(byteCount)}"#
        }
    }

    // MARK: - CRC-64-AVRO

    /// The fingerprint of no bytes, and the polynomial (Avro 1.11 specification, "Schema Fingerprints").
    private static let emptyFingerprint: UInt64 = 0xc15d_213a_a4d7_a795

    private static let fingerprintTable: [UInt64] = (0..<256).map { byte in
        (0..<8).reduce(UInt64(byte)) { value, _ in
            (value >> 1) ^ (value & 1 == 1 ? emptyFingerprint : 0)
        }
    }

    static func fingerprint(of bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(emptyFingerprint) { value, byte in
            (value >> 8) ^ fingerprintTable[Int(UInt8(truncatingIfNeeded: value) ^ byte)]
        }
    }
}

/// A parsed Avro 1.11 schema.
///
/// Named types live in one table and refer to each other by index, so a recursive schema is a plain value without
/// reference cycles. `doc` is not kept.
public struct AvroSchema: Sendable {
    public indirect enum Node: Sendable, Equatable {
        case null, boolean, int, long, float, double, bytes, string
        case array(Node)
        case map(Node)
        case union([Node])
        /// A record, enum or fixed: an index into `named`.
        case named(Int)
        /// A type with a logical type such as `timestamp-millis`; it is encoded as the type inside.
        case logical(String, Node)
    }

    public struct Field: Sendable, Equatable {
        public let name: String
        public let type: Node
        public let aliases: [String]
        public let defaultValue: JSONValue?
    }

    public enum Definition: Sendable, Equatable {
        case record([Field])
        case enumeration(symbols: [String], defaultSymbol: String?)
        case fixed(byteCount: Int)
    }

    public struct NamedType: Sendable, Equatable {
        /// Namespace and name, joined by a dot.
        public let fullName: String
        public let aliases: [String]
        /// The attribute `version`, which surveys add to their records.
        public let version: String?
        public let definition: Definition
    }

    public let root: Node
    public let named: [NamedType]

    /// Parses a schema's JSON text; an error names the place, as a path of types and fields.
    public init(json: [UInt8]) throws(AvroError) {
        try self.init(json: json, known: nil)
    }

    public init(json: String) throws(AvroError) {
        try self.init(json: Array(json.utf8), known: nil)
    }

    /// Parses a schema that may refer to the named types of another one, for schemas kept in several files.
    public init(json: [UInt8], known: AvroSchema?) throws(AvroError) {
        var parser = SchemaParser(known: known)
        root = try parser.parse(try JSONReader.parse(json))
        named = try parser.finished()
    }

    /// The root record's fields, nil where the root is something else.
    public var rootFields: [Field]? {
        guard case .named(let index) = root.bare, case .record(let fields) = named[index].definition else { return nil }
        return fields
    }

    /// The root's name and version, for messages: `ztf.alert 3.3`.
    public var title: String {
        guard case .named(let index) = root.bare else { return describe(root) }
        return named[index].fullName + (named[index].version.map { " " + $0 } ?? "")
    }

    /// A type in a few words, for messages.
    public func describe(_ node: Node) -> String {
        switch node {
        case .null: "null"
        case .boolean: "boolean"
        case .int: "int"
        case .long: "long"
        case .float: "float"
        case .double: "double"
        case .bytes: "bytes"
        case .string: "string"
        case .array(let item): "array of \(describe(item))"
        case .map(let value): "map of \(describe(value))"
        case .union(let branches):
            "union of " + branches.prefix(8).map { describe($0) }.joined(separator: ", ")
                + (branches.count > 8 ? ", ..." : "")
        case .named(let index): named[index].fullName
        case .logical(let name, let inner): "\(name) (\(describe(inner)))"
        }
    }
}

extension AvroSchema.Field {
    func answers(to name: String) -> Bool {
        self.name == name || aliases.contains(name)
    }
}

extension AvroSchema.Node {
    /// The type without its logical types, which do not change the encoding.
    public var bare: AvroSchema.Node {
        var node = self
        while case .logical(_, let inner) = node { node = inner }
        return node
    }
}

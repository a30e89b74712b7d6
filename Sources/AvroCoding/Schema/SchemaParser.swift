/// Turns a schema's JSON into nodes and the table of named types.
struct SchemaParser {
    private static let primitives: [String: AvroSchema.Node] = [
        "null": .null, "boolean": .boolean, "int": .int, "long": .long,
        "float": .float, "double": .double, "bytes": .bytes, "string": .string,
    ]

    /// Longer than any name in use. Types inherit their namespace and plans note where each step comes from, so without
    /// a limit one long name is copied for every field.
    private static let maximumNameBytes = 256

    // A name is entered before its definition is parsed, so that the definition can refer to itself.
    private var indices: [String: Int] = [:]
    private var named: [AvroSchema.NamedType?] = []
    private var path: [String] = []

    init(known: AvroSchema?) {
        for type in known?.named ?? [] {
            indices[type.fullName] = named.count
            named.append(type)
        }
    }

    mutating func parse(_ json: JSONValue) throws(AvroError) -> AvroSchema.Node {
        try node(json, namespace: "")
    }

    func finished() throws(AvroError) -> [AvroSchema.NamedType] {
        var types: [AvroSchema.NamedType] = []
        for type in named {
            guard let type else { throw invalid("a named type has no definition") }
            types.append(type)
        }
        return types
    }

    private func invalid(_ reason: String) -> AvroError {
        .schemaInvalid(reason: reason, location: path.isEmpty ? "the root" : path.joined(separator: "."))
    }

    private mutating func within<Result>(
        _ step: String, _ body: (inout SchemaParser) throws(AvroError) -> Result
    ) throws(AvroError) -> Result {
        path.append(step)
        let result = try body(&self)
        path.removeLast()
        return result
    }

    private mutating func node(_ json: JSONValue, namespace: String) throws(AvroError) -> AvroSchema.Node {
        switch json {
        case .string(let name): return try reference(name, namespace: namespace)
        case .array(let branches): return try union(branches, namespace: namespace)
        case .object: return try object(json, namespace: namespace)
        default: throw invalid("a type should be a name, an array or an object, not \(json.kindName)")
        }
    }

    private func reference(_ name: String, namespace: String) throws(AvroError) -> AvroSchema.Node {
        if let primitive = Self.primitives[name] { return primitive }
        if !name.contains("."), !namespace.isEmpty, let index = indices["\(namespace).\(name)"] { return .named(index) }
        // Writers exist that drop the namespace of a reference, so the bare name is tried as well.
        if let index = indices[name] { return .named(index) }
        throw invalid("no type is named \(name)")
    }

    private mutating func union(_ branches: [JSONValue], namespace: String) throws(AvroError) -> AvroSchema.Node {
        guard !branches.isEmpty else { throw invalid("a union without branches") }
        var nodes: [AvroSchema.Node] = []
        var seen: Set<String> = []
        for branch in branches {
            let node = try node(branch, namespace: namespace)
            let kind: String
            switch node.bare {
            case .union: throw invalid("a union directly inside a union")
            case .array: kind = "array"
            case .map: kind = "map"
            case .named(let index): kind = "named \(index)"
            case let primitive: kind = "\(primitive)"
            }
            guard seen.insert(kind).inserted else { throw invalid("a union with two branches of one type") }
            nodes.append(node)
        }
        return .union(nodes)
    }

    private mutating func object(_ json: JSONValue, namespace: String) throws(AvroError) -> AvroSchema.Node {
        guard let type = json["type"] else { throw invalid("an object without a type") }
        let inner: AvroSchema.Node
        switch type {
        case .string("record"), .string("error"), .string("enum"), .string("fixed"):
            inner = try definition(json, kind: type.string ?? "", namespace: namespace)
        case .string("array"):
            guard let items = json["items"] else { throw invalid("an array without items") }
            inner = .array(
                try within("items") { parser throws(AvroError) in try parser.node(items, namespace: namespace) })
        case .string("map"):
            guard let values = json["values"] else { throw invalid("a map without values") }
            inner = .map(
                try within("values") { parser throws(AvroError) in try parser.node(values, namespace: namespace) })
        default:
            inner = try node(type, namespace: namespace)
        }
        guard let logical = json["logicalType"]?.string else { return inner }
        return .logical(logical, inner)
    }

    private mutating func definition(
        _ json: JSONValue, kind: String, namespace: String
    ) throws(AvroError) -> AvroSchema.Node {
        guard let name = json["name"]?.string else { throw invalid("\(kind) without a name") }
        let fullName = qualified(name, namespace: json["namespace"]?.string ?? namespace)
        guard fullName.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(Self.isName) else {
            throw invalid("\"\(fullName)\" is not a name")
        }
        guard fullName.utf8.count <= Self.maximumNameBytes else {
            throw invalid("a name of more than \(Self.maximumNameBytes) bytes")
        }
        guard indices[fullName] == nil, Self.primitives[fullName] == nil else {
            throw invalid("\(fullName) is defined twice")
        }
        let index = named.count
        indices[fullName] = index
        named.append(nil)
        let inside = fullName.lastIndex(of: ".").map { String(fullName[..<$0]) } ?? ""
        let definition = try within(name) { parser throws(AvroError) -> AvroSchema.Definition in
            switch kind {
            case "enum": try parser.enumeration(json)
            case "fixed": try parser.fixed(json)
            default: .record(try parser.fields(json, namespace: inside))
            }
        }
        let version: String? =
            switch json["version"] {
            case .string(let text), .number(let text): text
            default: nil
            }
        named[index] = AvroSchema.NamedType(
            fullName: fullName, aliases: Self.strings(json["aliases"]).map { qualified($0, namespace: inside) },
            version: version, definition: definition)
        return .named(index)
    }

    private func qualified(_ name: String, namespace: String) -> String {
        name.contains(".") || namespace.isEmpty ? name : "\(namespace).\(name)"
    }

    private mutating func fields(_ json: JSONValue, namespace: String) throws(AvroError) -> [AvroSchema.Field] {
        guard case .array(let items) = json["fields"] else { throw invalid("a record without an array of fields") }
        var fields: [AvroSchema.Field] = []
        var seen: Set<String> = []
        for item in items {
            guard let name = item["name"]?.string, Self.isName(Substring(name)) else {
                throw invalid("field \(fields.count) has no valid name")
            }
            guard seen.insert(name).inserted else { throw invalid("two fields named \(name)") }
            guard let type = item["type"] else { throw invalid("field \(name) without a type") }
            let node = try within(name) { parser throws(AvroError) in try parser.node(type, namespace: namespace) }
            fields.append(
                AvroSchema.Field(
                    name: name, type: node, aliases: Self.strings(item["aliases"]), defaultValue: item["default"]))
        }
        return fields
    }

    private func enumeration(_ json: JSONValue) throws(AvroError) -> AvroSchema.Definition {
        guard case .array(let items) = json["symbols"], !items.isEmpty else { throw invalid("an enum without symbols") }
        var symbols: [String] = []
        var seen: Set<String> = []
        for item in items {
            guard let symbol = item.string, Self.isName(Substring(symbol)), seen.insert(symbol).inserted else {
                throw invalid("symbol \(symbols.count) is repeated or not a name")
            }
            symbols.append(symbol)
        }
        return .enumeration(symbols: symbols, defaultSymbol: json["default"]?.string)
    }

    private func fixed(_ json: JSONValue) throws(AvroError) -> AvroSchema.Definition {
        guard case .number(let text) = json["size"], let size = Int(text), size >= 0 else {
            throw invalid("a fixed without a size")
        }
        return .fixed(byteCount: size)
    }

    private static func strings(_ json: JSONValue?) -> [String] {
        guard case .array(let items) = json else { return [] }
        return items.compactMap(\.string)
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

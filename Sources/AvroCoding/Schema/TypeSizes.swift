/// Encoded sizes of a schema's types: the width where all values have one, and a lower bound.
///
/// Both saturate, so that a schema of nested records cannot overflow them; named types are worked out once. Past
/// `deepest` levels the answers are the cautious ones, nil and 0, so that a chain of types cannot overflow the stack
/// either.
struct TypeSizes {
    private static let deepest = 200
    private var depth = 0
    private let schema: AvroSchema
    private var widths: [Int: Int?] = [:]
    private var minima: [Int: Int] = [:]

    init(_ schema: AvroSchema) {
        self.schema = schema
    }

    /// Bytes of every value of a type, nil where they differ.
    mutating func fixedWidth(_ node: AvroSchema.Node) -> Int? {
        switch node.bare {
        case .null: return 0
        case .boolean: return 1
        case .float: return 4
        case .double: return 8
        case .int, .long, .bytes, .string, .array, .map, .union, .logical: return nil
        case .named(let index):
            if let known = widths[index] { return known }
            guard depth < Self.deepest else { return nil }
            depth += 1
            defer { depth -= 1 }
            // A type inside itself has no fixed width.
            widths[index] = .some(nil)
            let width: Int?
            switch schema.named[index].definition {
            case .fixed(let count): width = count
            case .enumeration: width = nil
            case .record(let fields): width = fixedWidth(of: fields)
            }
            widths[index] = .some(width)
            return width
        }
    }

    private mutating func fixedWidth(of fields: [AvroSchema.Field]) -> Int? {
        var sum = 0
        for field in fields {
            guard let width = fixedWidth(field.type) else { return nil }
            sum = Self.sum(sum, width)
        }
        return sum
    }

    /// Bytes that every value of a type has at least.
    mutating func minimum(_ node: AvroSchema.Node) -> Int {
        switch node.bare {
        case .null, .logical: return 0
        case .boolean, .int, .long, .bytes, .string, .array, .map: return 1
        case .float: return 4
        case .double: return 8
        case .union(let branches):
            return 1 + (branches.map { minimum($0) }.min() ?? 0)
        case .named(let index):
            if let known = minima[index] { return known }
            guard depth < Self.deepest else { return 0 }
            depth += 1
            defer { depth -= 1 }
            minima[index] = 0
            var bytes = 1
            switch schema.named[index].definition {
            case .fixed(let count): bytes = count
            case .enumeration: bytes = 1
            case .record(let fields): bytes = fields.reduce(0) { sum, field in Self.sum(sum, minimum(field.type)) }
            }
            minima[index] = bytes
            return bytes
        }
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}

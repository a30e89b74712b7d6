/// A value of any Avro type as the writer's schema has it: for files that are read once, not for a stream.
///
/// Unions are the value of their branch; logical types are the value they are encoded as.
public indirect enum AvroValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    /// An int or a long.
    case integer(Int64)
    case float(Float)
    case double(Double)
    case string(String)
    /// Bytes or a fixed.
    case bytes([UInt8])
    case symbol(String)
    case array([AvroValue])
    case map([String: AvroValue])
    /// Names are those of the schema's fields, in their order.
    case record(names: [String], values: [AvroValue])

    /// A record's field; nil where this is no record or has no such field.
    public subscript(_ name: String) -> AvroValue? {
        guard case .record(let names, let values) = self, let index = names.firstIndex(of: name) else { return nil }
        return values[index]
    }

    /// Any number as a double.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .float(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// A string or an enum's symbol.
    public var text: String? {
        switch self {
        case .string(let value), .symbol(let value): value
        default: nil
        }
    }

    public var isTrue: Bool { self == .boolean(true) }

    public var items: [AvroValue]? {
        if case .array(let items) = self { items } else { nil }
    }
}

/// Reads values by their schema; every length is checked against the bytes that remain.
struct ValueReader {
    private let schema: AvroSchema
    private let names: [[String]]
    private var cursor: ByteCursor
    private var depth = 0
    /// Values that may still come: an array of nulls has no bytes for its items.
    private var valuesLeft: Int
    private let valueLimit: Int

    init(schema: AvroSchema, _ bytes: UnsafeRawBufferPointer) {
        self.schema = schema
        names = schema.named.map { type in
            if case .record(let fields) = type.definition { fields.map(\.name) } else { [] }
        }
        cursor = ByteCursor(bytes)
        valueLimit = 1024 + 8 * bytes.count
        valuesLeft = valueLimit
    }

    var remaining: Int { cursor.remaining }

    mutating func value(_ node: AvroSchema.Node) throws(Fault) -> AvroValue {
        guard depth < PlanRunner.maximumDepth else {
            throw Fault(code: .nestingTooDeep, offset: cursor.position, limit: PlanRunner.maximumDepth)
        }
        guard valuesLeft > 0 else { throw Fault(code: .tooManyCalls, offset: cursor.position, limit: valueLimit) }
        valuesLeft -= 1
        depth += 1
        defer { depth -= 1 }
        switch node {
        case .null: return .null
        case .boolean: return .boolean(try cursor.byte(.boolean) != 0)
        case .int, .long: return .integer(try cursor.integer())
        case .float: return .float(Float(bitPattern: try cursor.number(UInt32.self, .float)))
        case .double: return .double(Double(bitPattern: try cursor.number(UInt64.self, .double)))
        case .bytes: return .bytes([UInt8](try bytes(cursor.length(.text))))
        case .string: return .string(try string())
        case .logical(_, let inner): return try value(inner)
        case .union(let branches): return try value(branches[cursor.unionIndex(branches: branches.count)])
        case .array(let item):
            var items: [AvroValue] = []
            try eachItem { reader throws(Fault) in items.append(try reader.value(item)) }
            return .array(items)
        case .map(let item):
            var entries: [String: AvroValue] = [:]
            try eachItem { reader throws(Fault) in
                let key = try reader.string()
                entries[key] = try reader.value(item)
            }
            return .map(entries)
        case .named(let index): return try named(index)
        }
    }

    private mutating func named(_ index: Int) throws(Fault) -> AvroValue {
        switch schema.named[index].definition {
        case .fixed(let count):
            guard count <= cursor.remaining else {
                throw Fault(code: .truncated, subject: .fixed, offset: cursor.end)
            }
            return .bytes([UInt8](bytes(count)))
        case .enumeration(let symbols, _): return .symbol(symbols[try cursor.unionIndex(branches: symbols.count)])
        case .record(let fields):
            var values: [AvroValue] = []
            values.reserveCapacity(fields.count)
            for field in fields { values.append(try value(field.type)) }
            return .record(names: names[index], values: values)
        }
    }

    private mutating func string() throws(Fault) -> String {
        String(decoding: bytes(try cursor.length(.text)), as: UTF8.self)
    }

    /// Bytes whose number has been checked against what remains.
    private mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer {
        let start = cursor.base + cursor.position
        cursor.advance(uncheckedBy: count)
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    private mutating func eachItem(_ body: (inout ValueReader) throws(Fault) -> Void) throws(Fault) {
        while true {
            let count = try cursor.integer()
            if count == 0 { return }
            if count < 0 { _ = try cursor.length(.block) }
            for _ in 0..<count.magnitude { try body(&self) }
        }
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Plans of the schemas met so far, found by comparing the schema's bytes, so that an embedded schema is parsed once.
struct PlanCache {
    /// More than a stream has; the oldest goes first, so that hostile schemas cannot fill the memory.
    static let capacity = 32
    /// Longer than any survey's schema by a factor of ten.
    static let maximumSchemaBytes = 4 << 20

    struct Entry {
        let json: [UInt8]
        let plan: LearnedPlan
    }

    private var entries: [Entry] = []
    private var latest = 0
    private let compile: (AvroSchema) throws(AvroError) -> DecodePlan

    init(_ compile: @escaping (AvroSchema) throws(AvroError) -> DecodePlan) {
        self.compile = compile
    }

    /// The plan of a schema, compiled at the first sight of it.
    mutating func plan(_ json: UnsafeRawBufferPointer) throws(AvroError) -> LearnedPlan {
        if latest < entries.count, Self.matches(entries[latest], json) { return entries[latest].plan }
        if let index = entries.firstIndex(where: { Self.matches($0, json) }) {
            latest = index
            return entries[index].plan
        }
        guard json.count <= Self.maximumSchemaBytes else {
            throw .tooLarge(what: "a schema", limit: Self.maximumSchemaBytes)
        }
        let bytes = Array(json)
        let plan = LearnedPlan(try compile(try AvroSchema(json: bytes)))
        if entries.count == Self.capacity { entries.removeFirst() }
        entries.append(Entry(json: bytes, plan: plan))
        latest = entries.count - 1
        return plan
    }

    private static func matches(_ entry: Entry, _ json: UnsafeRawBufferPointer) -> Bool {
        guard entry.json.count == json.count, let address = json.baseAddress else { return false }
        return entry.json.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memcmp($0, address, json.count) == 0 } ?? false
        }
    }
}

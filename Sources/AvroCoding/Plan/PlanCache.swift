#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Plans of the schemas met so far, found by comparing the schema's bytes, so that an embedded schema is parsed once.
///
/// A schema that was refused is remembered too: a topic of something else costs a comparison a message.
struct PlanCache {
    /// More than a stream has; the one unused for longest goes first, so that hostile schemas cannot fill the memory.
    static let capacity = 32
    /// Bytes of all schemas kept; a plan needs a multiple of its schema's.
    static let maximumBytes = 2 << 20
    /// Fifteen times the longest schema in use (33 kB, LSST's); it bounds what a schema that is new costs.
    static let maximumSchemaBytes = 512 << 10

    struct Entry {
        let json: [UInt8]
        let plan: Result<LearnedPlan, AvroError>
    }

    /// The latest used is last.
    private var entries: [Entry] = []
    private var keptBytes = 0
    private let compile: (AvroSchema) throws(AvroError) -> DecodePlan

    init(_ compile: @escaping (AvroSchema) throws(AvroError) -> DecodePlan) {
        self.compile = compile
    }

    /// The plan of a schema, compiled at the first sight of it; the same error each time where there is none.
    mutating func plan(_ json: UnsafeRawBufferPointer) throws(AvroError) -> LearnedPlan {
        if let latest = entries.indices.last, Self.matches(entries[latest], json) {
            return try entries[latest].plan.get()
        }
        if let index = entries.firstIndex(where: { Self.matches($0, json) }) {
            let entry = entries.remove(at: index)
            entries.append(entry)
            return try entry.plan.get()
        }
        guard json.count <= Self.maximumSchemaBytes else {
            throw .tooLarge(what: "a schema", limit: Self.maximumSchemaBytes)
        }
        let bytes = Array(json)
        let compile = self.compile
        let plan = Result { () throws(AvroError) in LearnedPlan(try compile(try AvroSchema(json: bytes))) }
        while entries.count == Self.capacity || keptBytes + bytes.count > Self.maximumBytes, !entries.isEmpty {
            keptBytes -= entries.removeFirst().json.count
        }
        entries.append(Entry(json: bytes, plan: plan))
        keptBytes += bytes.count
        return try plan.get()
    }

    private static func matches(_ entry: Entry, _ json: UnsafeRawBufferPointer) -> Bool {
        guard entry.json.count == json.count, let address = json.baseAddress else { return false }
        return entry.json.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memcmp($0, address, json.count) == 0 } ?? false
        }
    }
}

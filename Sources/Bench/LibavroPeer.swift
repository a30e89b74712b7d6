internal import CAvro

/// libavro (Apache Avro's C library) decoding the bodies of packets that share a schema into its generic values.
///
/// It is spared the container's header and the comparison of schemas, and nothing is taken out of the value: both are
/// in libavro's favour. For sound packets only, since it trusts its input.
final class LibavroPeer {
    enum Mode: String, CaseIterable {
        /// What a reader of single messages does that keeps nothing between them.
        case parsing = "libavro, schema parsed for each message"
        case cached = "libavro, schema kept"
        /// Resolves to a reader's schema with the needed fields.
        case projected = "libavro, schema kept, needed fields only"
    }

    // SAFETY: all handles below are made in init, freed in deinit and never handed out; a value that could not be made
    // has no iface.
    private let mode: Mode
    private let schemaJSON: [UInt8]
    private let writer: avro_schema_t
    private let target: avro_schema_t
    private let targetClass: UnsafeMutablePointer<avro_value_iface_t>
    private var resolver: UnsafeMutablePointer<avro_value_iface_t>?
    private let reader: avro_reader_t
    private var value = avro_value_t()
    private var resolved = avro_value_t()

    init(_ mode: Mode, schema: [UInt8]) throws(BenchError) {
        self.mode = mode
        schemaJSON = schema
        writer = try Self.parse(schema)
        if mode == .projected {
            guard let narrow = ReaderSchema.projection(of: schema) else {
                throw BenchError.peerFailed(peer: "libavro", reason: "the schema is no ZTF alert's")
            }
            target = try Self.parse(narrow)
        } else {
            target = avro_schema_incref(writer)
        }
        guard let targetClass = avro_generic_class_from_schema(target), let reader = avro_reader_memory(nil, 0) else {
            throw Self.failure("it has no class for the schema")
        }
        self.targetClass = targetClass
        self.reader = reader
        guard avro_generic_value_new(targetClass, &value) == 0 else { throw Self.failure("it makes no value") }
        if mode == .projected {
            guard let resolver = avro_resolved_writer_new(writer, target) else {
                throw Self.failure("it cannot resolve the schemas")
            }
            self.resolver = resolver
            guard avro_resolved_writer_new_value(resolver, &resolved) == 0 else {
                throw Self.failure("it makes no resolved value")
            }
            avro_resolved_writer_set_dest(&resolved, &value)
        }
    }

    deinit {
        if let resolver {
            if resolved.iface != nil { avro_value_decref(&resolved) }
            resolver.pointee.decref_iface?(resolver)
        }
        if value.iface != nil { avro_value_decref(&value) }
        targetClass.pointee.decref_iface?(targetClass)
        avro_reader_free(reader)
        avro_schema_decref(target)
        avro_schema_decref(writer)
    }

    private static func parse(_ json: [UInt8]) throws(BenchError) -> avro_schema_t {
        var schema: avro_schema_t?
        let status = json.withUnsafeBytes { bytes in
            avro_schema_from_json_length(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &schema)
        }
        guard status == 0, let schema else { throw failure("it does not take the schema") }
        return schema
    }

    private static func failure(_ reason: String) -> BenchError {
        .peerFailed(peer: "libavro", reason: reason + " (" + String(cString: avro_strerror()) + ")")
    }

    /// Decodes one body and returns its candid, so that the work is used.
    func decode(_ body: [UInt8]) throws(BenchError) -> Int64 {
        guard mode == .parsing else { return try decode(body, as: mode == .projected ? resolved : value, value) }
        let schema = try Self.parse(schemaJSON)
        defer { avro_schema_decref(schema) }
        guard let generic = avro_generic_class_from_schema(schema) else { throw Self.failure("no class") }
        defer { generic.pointee.decref_iface?(generic) }
        var fresh = avro_value_t()
        guard avro_generic_value_new(generic, &fresh) == 0 else { throw Self.failure("no value") }
        defer { avro_value_decref(&fresh) }
        return try decode(body, as: fresh, fresh)
    }

    private func decode(
        _ body: [UInt8], as destination: avro_value_t, _ result: avro_value_t
    ) throws(BenchError) -> Int64 {
        var destination = destination
        let status = body.withUnsafeBytes { bytes in
            avro_reader_memory_set_source(
                reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int64(bytes.count))
            return avro_value_read(reader, &destination)
        }
        guard status == 0 else { throw Self.failure("it does not read a packet") }
        var field = avro_value_t()
        var candid: Int64 = 0
        guard result.iface.pointee.get_by_name?(result.iface, result.`self`, "candid", &field, nil) == 0,
            field.iface.pointee.get_long?(field.iface, field.`self`, &candid) == 0
        else { throw Self.failure("a packet has no candid") }
        return candid
    }

    /// How many items an array of the last value has, 0 where it is null or absent.
    func itemCount(_ name: String) -> Int {
        var field = avro_value_t()
        guard value.iface.pointee.get_by_name?(value.iface, value.`self`, name, &field, nil) == 0 else { return 0 }
        if field.iface.pointee.get_type?(field.iface, field.`self`) == AVRO_UNION {
            var branch = avro_value_t()
            guard field.iface.pointee.get_current_branch?(field.iface, field.`self`, &branch) == 0 else { return 0 }
            field = branch
        }
        guard field.iface.pointee.get_type?(field.iface, field.`self`) == AVRO_ARRAY else { return 0 }
        var count = 0
        return field.iface.pointee.get_size?(field.iface, field.`self`, &count) == 0 ? count : 0
    }
}

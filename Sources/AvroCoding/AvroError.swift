/// What can be wrong with Avro input, or with a value that has to become Avro; none of it but `schemaUnavailable` goes
/// away by trying again.
///
/// `offset` counts bytes from the start of the message, or of the block's uncompressed content where the damage is
/// inside a block.
public enum AvroError: Error, Equatable, Sendable {
    /// The bytes end inside a value.
    case truncated(expected: String, offset: Int)
    /// A variable-length integer does not fit 64 bits.
    case varintTooLong(offset: Int)
    case negativeLength(what: String, length: Int64, offset: Int)
    case lengthBeyondEnd(what: String, length: Int64, remaining: Int, offset: Int)
    case badUnionIndex(index: Int64, branches: Int, offset: Int)
    /// A nested block says another size than its items have.
    case badBlockSize(offset: Int)
    case nestingTooDeep(limit: Int, offset: Int)
    /// More rows than any light curve has, or more nested values than their bytes explain: nothing but an attack.
    case tooMany(what: String, limit: Int, offset: Int)
    /// A record ends before its block does.
    case trailingBytes(count: Int, offset: Int)
    /// Neither a container file ("Obj", 1) nor a Confluent frame (0) nor single-object encoding (C3 01).
    case badMagic(found: [UInt8])
    /// A block does not end with the file's sync marker.
    case badSync(offset: Int)
    case unsupportedCodec(name: String)
    case checksum(expected: UInt32, found: UInt32)
    case decompression(codec: String, reason: String)
    /// More bytes than the module accepts, so that damaged or hostile input cannot exhaust memory.
    case tooLarge(what: String, limit: Int)
    case schemaInvalid(reason: String, location: String)
    /// The schema lacks a field without which an alert cannot be understood.
    case missingField(name: String, schema: String)
    case typeMismatch(field: String, expected: String, found: String, schema: String)
    /// The schema is sound but belongs to no survey that this module knows.
    case unknownSurvey(schema: String)
    /// A Confluent frame names a schema that is in no place where schemas are looked for.
    case unknownSchemaId(id: Int32)
    /// A single-object message names a schema that is in no place where schemas are looked for.
    case unknownFingerprint(fingerprint: UInt64)
    /// The place that has the schema of a Confluent frame gives no usable answer now: the message can wait.
    case schemaUnavailable(id: Int32, reason: String)
    case badValue(field: String, reason: String, offset: Int)
    /// A container without a record.
    case noAlerts
    /// A function for messages of one record was given another number of them.
    case notOneRecord(count: Int64)
    /// The value has no place in the schema it should be written with.
    case unencodable(reason: String)
    case unreadable(path: String, reason: String)

    public var isRetriable: Bool {
        if case .schemaUnavailable = self { true } else { false }
    }

    /// A short constant name of the case, for a column or a metric label.
    public var kind: String {
        switch self {
        case .truncated: "truncated"
        case .varintTooLong: "varint_too_long"
        case .negativeLength: "negative_length"
        case .lengthBeyondEnd: "length_beyond_end"
        case .badUnionIndex: "bad_union_index"
        case .badBlockSize: "bad_block_size"
        case .nestingTooDeep: "nesting_too_deep"
        case .tooMany: "too_many"
        case .trailingBytes: "trailing_bytes"
        case .badMagic: "bad_magic"
        case .badSync: "bad_sync"
        case .unsupportedCodec: "unsupported_codec"
        case .checksum: "checksum"
        case .decompression: "decompression"
        case .tooLarge: "too_large"
        case .schemaInvalid: "schema_invalid"
        case .missingField: "missing_field"
        case .typeMismatch: "type_mismatch"
        case .unknownSurvey: "unknown_survey"
        case .unknownSchemaId: "unknown_schema_id"
        case .unknownFingerprint: "unknown_fingerprint"
        case .schemaUnavailable: "schema_unavailable"
        case .badValue: "bad_value"
        case .noAlerts: "no_alerts"
        case .notOneRecord: "not_one_record"
        case .unencodable: "unencodable"
        case .unreadable: "unreadable"
        }
    }
}

extension AvroError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let expected, let offset): "the bytes end at offset \(offset), inside \(expected)"
        case .varintTooLong(let offset): "the integer at offset \(offset) does not fit 64 bits"
        case .negativeLength(let what, let length, let offset): "\(what) at offset \(offset) has length \(length)"
        case .lengthBeyondEnd(let what, let length, let remaining, let offset):
            "\(what) at offset \(offset) claims \(length), and \(remaining) bytes remain"
        case .badUnionIndex(let index, let branches, let offset):
            "union index \(index) at offset \(offset), where the union has \(branches) branches"
        case .badBlockSize(let offset): "the array block that ends at offset \(offset) is not as long as it says"
        case .nestingTooDeep(let limit, let offset): "values nested more than \(limit) deep at offset \(offset)"
        case .tooMany(let what, let limit, let offset): "more than \(limit) \(what) by offset \(offset)"
        case .trailingBytes(let count, let offset): "\(count) bytes are left at offset \(offset), after the last record"
        case .badMagic(let found):
            "starts with bytes \(found), neither an Avro container (79, 98, 106, 1) nor a Confluent frame (0) "
                + "nor a single-object message (195, 1)"
        case .badSync(let offset): "no sync marker at offset \(offset), where a block ends"
        case .unsupportedCodec(let name): "codec \(name) is not supported (null, deflate, snappy, zstandard and xz are)"
        case .checksum(let expected, let found): "the block's checksum is \(found) and should be \(expected)"
        case .decompression(let codec, let reason): "a \(codec) block does not decompress: \(reason)"
        case .tooLarge(let what, let limit): "\(what) exceeds the limit of \(limit) bytes"
        case .schemaInvalid(let reason, let location): "the schema is invalid at \(location): \(reason)"
        case .missingField(let name, let schema): "schema \(schema) has no field \(name), which every alert needs"
        case .typeMismatch(let field, let expected, let found, let schema):
            "field \(field) of schema \(schema) is \(found) and should be \(expected)"
        case .unknownSurvey(let schema):
            "schema \(schema) is of no known survey: it has neither ZTF's candidate nor LSST's diaSource"
        case .unknownSchemaId(let id):
            "no schema with id \(id) is known: add it to the schema folder or the registry, or check the topic"
        case .unknownFingerprint(let fingerprint):
            "no schema with fingerprint \(AvroSchema.text(ofFingerprint: fingerprint)) is known: add it to the schema folder"
        case .schemaUnavailable(let id, let reason): "schema \(id) cannot be had now: \(reason)"
        case .badValue(let field, let reason, let offset): "\(field) \(reason) (record ends near offset \(offset))"
        case .noAlerts: "the container holds no record"
        case .notOneRecord(let count): "the message holds \(count) records instead of one"
        case .unencodable(let reason): "the alert cannot be written: \(reason)"
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        }
    }
}

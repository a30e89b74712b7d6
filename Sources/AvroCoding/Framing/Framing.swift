/// How a message says which schema it was written with; the first bytes tell.
public enum Framing: Sendable, Equatable {
    /// An Avro container ("Obj", 1): the schema is inside.
    case container
    /// Confluent's wire format: 0, a big-endian schema id, one record's body.
    case confluent(id: Int32)
    /// Avro single-object encoding (specification 1.11): C3 01, a little-endian CRC-64-AVRO fingerprint of the schema,
    /// one record's body.
    case singleObject(fingerprint: UInt64)

    static let confluentMagic: UInt8 = 0
    static let singleObjectMagic: [UInt8] = [0xc3, 0x01]

    /// Reads the frame's head, the container's magic alone.
    init(_ bytes: UnsafeRawBufferPointer) throws(AvroError) {
        switch bytes.first {
        case Self.confluentMagic:
            guard bytes.count >= 5 else {
                throw .truncated(expected: "a Confluent frame's schema id", offset: bytes.count)
            }
            self = .confluent(id: Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: Int32.self)))
        case Self.singleObjectMagic[0] where bytes.dropFirst().first == Self.singleObjectMagic[1]:
            guard bytes.count >= 10 else {
                throw .truncated(expected: "a single-object message's fingerprint", offset: bytes.count)
            }
            self = .singleObject(
                fingerprint: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self)))
        default:
            guard bytes.starts(with: ContainerHeader.magic) else { throw .badMagic(found: Array(bytes.prefix(4))) }
            self = .container
        }
    }

    /// Bytes before the record's body; 0 for a container, whose header has no fixed length.
    var headByteCount: Int {
        switch self {
        case .container: 0
        case .confluent: 5
        case .singleObject: 10
        }
    }

    /// True where the first bytes are those of a frame around one record.
    static func isFrame(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.first == confluentMagic || bytes.starts(with: singleObjectMagic)
    }

    static func appendConfluentHead(id: Int32, to bytes: inout [UInt8]) {
        bytes.append(confluentMagic)
        withUnsafeBytes(of: id.bigEndian) { bytes.append(contentsOf: $0) }
    }

    static func appendSingleObjectHead(fingerprint: UInt64, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: singleObjectMagic)
        withUnsafeBytes(of: fingerprint.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

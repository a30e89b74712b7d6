/// The writer's schema of a file, whatever kind of file it is.
public struct SchemaDocument: Sendable {
    public enum Kind: Sendable, Equatable {
        /// A schema's JSON text (`.avsc`).
        case schemaFile
        case message(Framing)
    }

    public let kind: Kind
    public let schema: AvroSchema

    /// Reads a container, a Confluent frame, a single-object message or a schema file.
    ///
    /// - Parameter schemas: where the schemas of frames are.
    public init(path: String, schemas: SchemaSource = SchemaSource()) throws(AvroError) {
        let file = try MappedFile(path: path)
        // JSON cannot begin with the first byte of a message: 'O' of a container, 0 or C3 of a frame.
        if let first = file.bytes.first(where: { ![0x20, 0x0a, 0x0d, 0x09].contains($0) }),
            [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\"")].contains(first)
        {
            kind = .schemaFile
            schema = try SchemaFolder.schema(path: path)
            return
        }
        let framing = try Framing(file.bytes)
        kind = .message(framing)
        switch framing {
        case .confluent(let id): schema = try schemas.byId(id)
        case .singleObject(let fingerprint): schema = try schemas.byFingerprint(fingerprint)
        case .container:
            let header = try ContainerHeader(file.bytes)
            schema = try AvroSchema(json: [UInt8](file.bytes[header.schema]))
        }
    }
}

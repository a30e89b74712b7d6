/// Where the schemas of messages are that do not hold their own: Confluent frames name theirs by an id, single-object
/// encoding by a fingerprint.
///
/// A source may read files or ask a server, and may take its time: decoders ask it once for each schema. It is called
/// from many threads. What it throws decides what becomes of a message: a retriable error (`schemaUnavailable`) means
/// that the message must wait, any other that it cannot be decoded.
public struct SchemaSource: Sendable {
    public let byId: @Sendable (_ id: Int32) throws(AvroError) -> AvroSchema
    public let byFingerprint: @Sendable (_ fingerprint: UInt64) throws(AvroError) -> AvroSchema

    public init(
        byId: @escaping @Sendable (_ id: Int32) throws(AvroError) -> AvroSchema = { id throws(AvroError) in
            throw .unknownSchemaId(id: id)
        },
        byFingerprint: @escaping @Sendable (_ fingerprint: UInt64) throws(AvroError) -> AvroSchema = {
            fingerprint throws(AvroError) in
            throw .unknownFingerprint(fingerprint: fingerprint)
        }
    ) {
        self.byId = byId
        self.byFingerprint = byFingerprint
    }

    /// This source, and another one for the schemas that this one does not know.
    public func orElse(_ other: SchemaSource) -> SchemaSource {
        let first = self
        return SchemaSource(
            byId: { id throws(AvroError) in
                do throws(AvroError) {
                    return try first.byId(id)
                } catch .unknownSchemaId {
                    return try other.byId(id)
                }
            },
            byFingerprint: { fingerprint throws(AvroError) in
                do throws(AvroError) {
                    return try first.byFingerprint(fingerprint)
                } catch .unknownFingerprint {
                    return try other.byFingerprint(fingerprint)
                }
            })
    }
}

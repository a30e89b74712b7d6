/// What could not be decoded or stored, for whoever looks after it.
public struct Quarantine {
    public struct Entry: Equatable, Sendable {
        public let id: Int64
        public let topic: String
        public let partition: Int32
        public let offset: Int64
        /// -1 for the whole message.
        public let alertIndex: Int32
        public let reason: String
        public let detail: String
        /// Length of the whole message, bytes; nil for an alert that was decoded, of which no bytes are kept.
        public let payloadLength: Int64?
    }

    private let connection: Connection

    private static let payload = Statement(
        name: "reading a quarantined payload", sql: "SELECT payload FROM quarantine WHERE id = $1")

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// The newest entries first.
    public func entries(limit: Int) throws(StoreError) -> [Entry] {
        let rows = try connection.query(
            """
            SELECT q.id, t.name AS topic, q.partition, q.kafka_offset, q.alert_index, q.reason, q.detail,
                q.payload_length
            FROM quarantine q JOIN topic t ON t.id = q.topic_id
            ORDER BY q.id DESC LIMIT $1
            """, [.integer(limit)])
        return rows.rows.indices.map { row in
            func number(_ column: String) -> Int64? { rows[row, column].flatMap { Int64($0) } }
            return Entry(
                id: number("id") ?? 0, topic: rows[row, "topic"] ?? "",
                partition: Int32(clamping: number("partition") ?? 0),
                offset: number("kafka_offset") ?? 0, alertIndex: Int32(clamping: number("alert_index") ?? 0),
                reason: rows[row, "reason"] ?? "", detail: rows[row, "detail"] ?? "",
                payloadLength: number("payload_length"))
        }
    }

    /// The bytes kept of a message (`ResultBatch.payloadLimit` at most); nil when there is no such entry, or none were
    /// kept.
    public func payload(of id: Int64) throws(StoreError) -> [UInt8]? {
        try connection.run(Self.payload, [.integer(id)]).byteArray(row: 0, column: 0)
    }
}

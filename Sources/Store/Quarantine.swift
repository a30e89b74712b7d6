/// What could not be decoded or stored, for whoever looks after it.
public struct Quarantine {
    public struct Entry: Equatable, Sendable {
        public let id: Int64
        public let topic: String
        /// The database's number of the topic.
        public let topicId: Int32
        public let partition: Int32
        public let offset: Int64
        /// -1 for the whole message.
        public let alertIndex: Int32
        /// Timestamp of the message, milliseconds since 1970; -1 when it had none.
        public let timestampMs: Int64
        public let reason: String
        public let detail: String
        /// Length of the whole message, bytes; nil for an alert that was decoded, of which no bytes are kept.
        public let payloadLength: Int64?
        /// How many of them are kept.
        public let keptLength: Int64?
        public let quarantinedAt: String
        /// When a retry stored its alerts; nil while it is open.
        public let resolvedAt: String?

        /// Whether the message can be decoded once more: all of its bytes are here.
        public var isWhole: Bool { payloadLength != nil && payloadLength == keptLength }
    }

    private let connection: Connection

    private static let payload = Statement(
        name: "reading a quarantined payload", sql: "SELECT payload FROM quarantine WHERE id = $1")

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// The newest entries first.
    ///
    /// - Parameters:
    ///   - reason: only of this kind of error; nil for all. The same for `topic`.
    ///   - isOpen: false for those too that a retry has resolved.
    public func entries(
        reason: String? = nil, topic: String? = nil, isOpen: Bool = true, limit: Int
    ) throws(StoreError) -> [Entry] {
        let rows = try connection.query(
            """
            SELECT q.id, t.name AS topic, q.topic_id, q.partition, q.kafka_offset, q.alert_index,
                (extract(epoch FROM q.broker_timestamp) * 1000)::bigint AS timestamp_ms, q.reason, q.detail,
                q.payload_length, length(q.payload) AS kept_length, date_trunc('second', q.quarantined_at) AS quarantined_at,
                date_trunc('second', q.resolved_at) AS resolved_at
            FROM quarantine q JOIN topic t ON t.id = q.topic_id
            WHERE ($2::text IS NULL OR q.reason = $2) AND ($3::text IS NULL OR t.name = $3)
                AND (NOT $4::boolean OR q.resolved_at IS NULL)
            ORDER BY q.id DESC LIMIT $1
            """,
            [
                .integer(limit), reason.map { .text($0) } ?? .null, topic.map { .text($0) } ?? .null,
                .text(isOpen ? "t" : "f"),
            ])
        return Self.entries(rows)
    }

    /// One entry, open or resolved; nil when there is none.
    public func entry(_ id: Int64) throws(StoreError) -> Entry? {
        let rows = try connection.query(
            """
            SELECT q.id, t.name AS topic, q.topic_id, q.partition, q.kafka_offset, q.alert_index,
                (extract(epoch FROM q.broker_timestamp) * 1000)::bigint AS timestamp_ms, q.reason, q.detail,
                q.payload_length, length(q.payload) AS kept_length, date_trunc('second', q.quarantined_at) AS quarantined_at,
                date_trunc('second', q.resolved_at) AS resolved_at
            FROM quarantine q JOIN topic t ON t.id = q.topic_id WHERE q.id = $1
            """, [.integer(id)])
        return Self.entries(rows).first
    }

    /// The bytes kept of a message (`ResultBatch.payloadLimit` at most); nil when there is no such entry, or none were
    /// kept.
    public func payload(of id: Int64) throws(StoreError) -> [UInt8]? {
        try connection.run(Self.payload, [.integer(id)]).byteArray(row: 0, column: 0)
    }

    private static func entries(_ rows: TextTable) -> [Entry] {
        rows.rows.indices.map { row in
            func number(_ column: String) -> Int64? { rows[row, column].flatMap { Int64($0) } }
            return Entry(
                id: number("id") ?? 0, topic: rows[row, "topic"] ?? "",
                topicId: Int32(clamping: number("topic_id") ?? 0),
                partition: Int32(clamping: number("partition") ?? 0), offset: number("kafka_offset") ?? 0,
                alertIndex: Int32(clamping: number("alert_index") ?? 0), timestampMs: number("timestamp_ms") ?? -1,
                reason: rows[row, "reason"] ?? "", detail: rows[row, "detail"] ?? "",
                payloadLength: number("payload_length"), keptLength: number("kept_length"),
                quarantinedAt: rows[row, "quarantined_at"] ?? "", resolvedAt: rows[row, "resolved_at"])
        }
    }
}

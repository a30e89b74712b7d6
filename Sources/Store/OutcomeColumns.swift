/// The columns of the rows that a batch adds to `skip`.
struct SkipColumns {
    private let source = SourceColumns()
    private let candid = ArrayColumn(.bigint)
    private let night = ArrayColumn(.date)
    private let reason = ArrayColumn(.text)

    static let insert = Statement(
        name: "inserting skips",
        sql: """
            INSERT INTO skip (topic_id, partition, kafka_offset, alert_index, candid, night, reason)
            SELECT * FROM unnest($1::integer[], $2::integer[], $3::bigint[], $4::integer[], $5::bigint[], $6::date[],
                $7::text[])
            ON CONFLICT DO NOTHING
            """)

    private var all: [ArrayColumn] { source.all + [candid, night, reason] }
    var isEmpty: Bool { candid.count == 0 }
    var parameters: [Parameter] { all.map { .array($0) } }

    func removeAll() {
        for column in all { column.removeAll() }
    }

    func append(candid id: Int64, night day: Int32, from origin: ResultBatch.Source, reason name: String) {
        source.append(origin)
        candid.append(id)
        night.append(day)
        reason.append(name)
    }
}

/// The columns of the rows that a batch adds to `quarantine`.
struct QuarantineColumns {
    private let source = SourceColumns()
    private let timestamp = ArrayColumn(.timestamptz)
    private let reason = ArrayColumn(.text)
    private let detail = ArrayColumn(.text)
    private let payload = ArrayColumn(.bytea)
    private let payloadLength = ArrayColumn(.bigint)

    /// A statement's payloads are sent when they reach this many bytes, well below the protocol's 1 GiB.
    private static let statementSize = 64 << 20

    static let insert = Statement(
        name: "inserting into quarantine",
        sql: """
            INSERT INTO quarantine (topic_id, partition, kafka_offset, alert_index, broker_timestamp, reason, detail,
                payload, payload_length)
            SELECT * FROM unnest($1::integer[], $2::integer[], $3::bigint[], $4::integer[], $5::timestamptz[],
                $6::text[], $7::text[], $8::bytea[], $9::bigint[])
            ON CONFLICT DO NOTHING
            """)

    private var all: [ArrayColumn] { source.all + [timestamp, reason, detail, payload, payloadLength] }
    var isEmpty: Bool { reason.count == 0 }
    var isFull: Bool { payload.byteCount + detail.byteCount >= Self.statementSize }
    var parameters: [Parameter] { all.map { .array($0) } }

    func removeAll() {
        for column in all { column.removeAll() }
    }

    /// - Parameter content: the message's kept bytes and its whole length; nil for an alert that was decoded.
    func append(
        from origin: ResultBatch.Source, reason kind: String, detail words: String,
        content: (bytes: [UInt8], length: Int)?
    ) {
        source.append(origin)
        timestamp.append(Timestamp.microseconds(ms: origin.timestampMs))
        reason.append(kind)
        detail.append(Self.storable(words))
        guard let content else {
            payload.appendNull()
            payloadLength.appendNull()
            return
        }
        content.bytes.withUnsafeBytes { payload.append(bytes: $0) }
        payloadLength.append(Int64(content.length))
    }

    /// Without NUL, which PostgreSQL's text cannot hold, and of bounded length.
    private static func storable(_ words: String) -> String {
        String(words.prefix(4096)).replacing("\0", with: "\u{FFFD}")
    }
}

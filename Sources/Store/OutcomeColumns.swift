#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The columns of the rows that a batch adds to `classification`.
struct ClassificationColumns {
    private let candid = ArrayColumn(.bigint)
    private let night = ArrayColumn(.date)
    private let top = ArrayColumn(.integer)
    private let topProbability = ArrayColumn(.real)
    private let entropy = ArrayColumn(.real)
    private let probabilities = ArrayColumn(.real)
    private let classNames = ArrayColumn(.text)
    private let classCount: Int

    // unnest would flatten an array of arrays, so the probabilities travel as one flat array and are cut into rows
    // here.
    static let insert = Statement(
        name: "inserting classifications",
        sql: """
            INSERT INTO classification (candid, night, model_id, batch_id, top_class, top_probability, entropy,
                probabilities)
            SELECT c.candid, c.night, $8::integer, $9::bigint, ($7::text[])[c.top], c.top_probability, c.entropy,
                ($6::real[])[(c.place - 1) * $10::bigint + 1 : c.place * $10::bigint]
            FROM unnest($1::bigint[], $2::date[], $3::integer[], $4::real[], $5::real[])
                WITH ORDINALITY AS c(candid, night, top, top_probability, entropy, place)
            ON CONFLICT (candid, model_id, night) DO NOTHING
            """)

    init(classes: [String]) {
        classCount = classes.count
        for name in classes { classNames.append(name) }
    }

    var isEmpty: Bool { candid.count == 0 }

    func parameters(modelId: Int32, batchId: Int64) -> [Parameter] {
        [candid, night, top, topProbability, entropy, probabilities, classNames].map { .array($0) }
            + [.integer(modelId), .integer(batchId), .integer(classCount)]
    }

    func removeAll() {
        for column in [candid, night, top, topProbability, entropy, probabilities] { column.removeAll() }
    }

    /// - Parameter row: as many probabilities as there are classes.
    /// - Returns: the place of the highest one.
    func append(candid id: Int64, night day: Int32, _ row: UnsafeBufferPointer<Float>) -> Int {
        var best = 0
        var sum = 0.0
        for (index, probability) in row.enumerated() {
            if probability > row[best] || row[best].isNaN { best = index }
            if probability > 0 { sum -= Double(probability) * log(Double(probability)) }
        }
        candid.append(id)
        night.append(day)
        top.append(Int32(clamping: best + 1))
        topProbability.append(row[best])
        entropy.append(Float(sum))
        probabilities.append(contentsOf: row)
        return best
    }
}

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

import Alerts
import Store
import TestSupport

/// A migrated database of a test's own, with one registered model.
struct Database {
    static let classes = ["SNIa", "TDE", "AGN"]

    let conninfo: String
    let connection: Connection
    let modelId: Int32

    init() throws {
        conninfo = try TemporaryPostgres.shared().createDatabase()
        connection = try Connection(conninfo)
        _ = try Migrator(connection).migrate()
        let models = ModelRegistry(connection)
        modelId = try models.register(
            name: "tokens", sha256: String(repeating: "a", count: 64), preset: "observations-1", classes: Self.classes)
        try models.activate(modelId)
    }

    func claim(_ topic: String = "alerts", _ partition: Int32 = 0) throws -> StreamOffsets.Claim {
        let claims = try StreamOffsets(connection).claim([(topic: topic, partition: partition)])
        guard let claim = claims.first else { throw Missing(what: "claim") }
        return claim
    }

    func writer() throws -> ResultWriter {
        try ResultWriter(connection, modelId: modelId)
    }

    func count(_ table: String) throws -> Int {
        Int(try connection.query(SQL(verbatim: "SELECT count(*) FROM \(table)")).scalar ?? "") ?? -1
    }

    /// A digest of all rows of the tables the stream fills, without the times.
    func digest() throws -> String {
        try connection.query(
            """
            SELECT md5((SELECT coalesce(string_agg(a::text, '|' ORDER BY a::text), '') FROM (SELECT candid, jd, ra, dec,
                    night, magpsf, ndethist, n_detections, topic_id, partition, kafka_offset, alert_index, object_id
                    FROM alert) a)
                || (SELECT coalesce(string_agg(c::text, '|' ORDER BY c::text), '') FROM (SELECT candid, model_id,
                    top_class, top_probability, entropy, probabilities FROM classification) c)
                || (SELECT coalesce(string_agg(s::text, '|' ORDER BY s::text), '') FROM skip s)
                || (SELECT coalesce(string_agg(q::text, '|' ORDER BY q::text), '') FROM (SELECT topic_id, partition,
                    kafka_offset, alert_index, reason, detail, payload FROM quarantine) q)
                || (SELECT coalesce(string_agg(o::text, '|' ORDER BY o::text), '') FROM (SELECT topic_id, partition,
                    next_offset, consumed, classified, skipped, quarantined, duplicates FROM stream_offset) o))
            """
        ).scalar ?? ""
    }

    /// Whether the account closes, and the rows agree with it.
    func closes() throws -> Bool {
        try Account(from: connection).closes && Account.mismatches(in: connection).isEmpty
    }

    /// Ends another connection's server process and waits for its end.
    func terminate(_ other: Connection) throws {
        _ = try Connection(conninfo).query(
            "SELECT pg_terminate_backend($1::integer, 10000)", [.integer(other.serverProcess)])
    }
}

struct Missing: Error {
    let what: String
}

/// The error that `body` throws, or nil.
func storeError(_ body: () throws -> Void) -> StoreError? {
    do {
        try body()
        return nil
    } catch {
        return error as? StoreError
    }
}

/// The account of the stream as the database has it: consumed = classified + skipped + quarantined, for each partition.
public struct Account: Equatable, Sendable {
    /// One partition's row of the view `stream_account`.
    public struct Partition: Equatable, Sendable {
        public let topic: String
        public let partition: Int32
        public let nextOffset: Int64?
        public let consumed: Int64
        public let classified: Int64
        /// Duplicates included.
        public let skipped: Int64
        public let duplicates: Int64
        public let quarantined: Int64
        /// True when nothing is missing, and rows and counters agree.
        public let closes: Bool
    }

    /// Alerts skipped for one reason, over all partitions.
    public struct Reason: Equatable, Sendable {
        public let name: String
        public let alerts: Int64
    }

    public let partitions: [Partition]
    /// The most frequent first.
    public let reasons: [Reason]

    public var consumed: Int64 { partitions.reduce(0) { $0 + $1.consumed } }
    public var classified: Int64 { partitions.reduce(0) { $0 + $1.classified } }
    public var skipped: Int64 { partitions.reduce(0) { $0 + $1.skipped } }
    public var duplicates: Int64 { partitions.reduce(0) { $0 + $1.duplicates } }
    public var quarantined: Int64 { partitions.reduce(0) { $0 + $1.quarantined } }
    public var closes: Bool { partitions.allSatisfy(\.closes) }

    /// Counts the rows of the whole database; on a large one that takes a while.
    public init(from connection: Connection) throws(StoreError) {
        let rows = try connection.query("SELECT * FROM stream_account ORDER BY topic, partition")
        func number(_ row: Int, _ column: String) -> Int64? { rows[row, column].flatMap { Int64($0) } }
        partitions = rows.rows.indices.map { row in
            Partition(
                topic: rows[row, "topic"] ?? "", partition: Int32(clamping: number(row, "partition") ?? 0),
                nextOffset: number(row, "next_offset"), consumed: number(row, "consumed") ?? 0,
                classified: number(row, "classified") ?? 0, skipped: number(row, "skipped") ?? 0,
                duplicates: number(row, "duplicates") ?? 0, quarantined: number(row, "quarantined") ?? 0,
                closes: rows[row, "closes"] == "t")
        }
        let reasons = try connection.query(
            "SELECT reason, count(*) FROM skip GROUP BY reason ORDER BY count(*) DESC, reason")
        self.reasons = reasons.rows.indices.map { row in
            Reason(name: reasons[row, "reason"] ?? "", alerts: reasons[row, "count"].flatMap { Int64($0) } ?? 0)
        }
    }
}

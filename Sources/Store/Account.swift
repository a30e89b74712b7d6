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
        /// True when nothing is missing, and the writer's two tallies agree.
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

    /// Where the rows of a table do not agree with the counts; every row of it a fault.
    public struct Mismatch: Equatable, Sendable {
        public let topic: String
        public let partition: Int32
        /// As a date, or "-infinity".
        public let night: String
        /// alert, classified, skipped or quarantined.
        public let kind: String
        /// The reason, for skipped and quarantined.
        public let name: String
        public let counted: Int64
        public let stored: Int64
    }

    /// Counts the rows of the whole database and compares them with the account; on a large one that takes a while.
    public static func mismatches(in connection: Connection) throws(StoreError) -> [Mismatch] {
        let rows = try connection.query("SELECT * FROM account_mismatch ORDER BY topic, partition, night, kind, name")
        return rows.rows.indices.map { row in
            func number(_ column: String) -> Int64 { rows[row, column].flatMap { Int64($0) } ?? 0 }
            return Mismatch(
                topic: rows[row, "topic"] ?? "", partition: Int32(clamping: number("partition")),
                night: rows[row, "night"] ?? "", kind: rows[row, "kind"] ?? "", name: rows[row, "name"] ?? "",
                counted: number("counted"), stored: number("stored"))
        }
    }

    /// Reads the account as it was counted when the rows were written; it stays quick however many there are.
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
            """
            SELECT name, sum(alerts)::bigint AS alerts FROM outcome_count WHERE kind = 'skipped'
            GROUP BY name ORDER BY alerts DESC, name
            """)
        self.reasons = reasons.rows.indices.map { row in
            Reason(name: reasons[row, "name"] ?? "", alerts: reasons[row, "alerts"].flatMap { Int64($0) } ?? 0)
        }
    }
}

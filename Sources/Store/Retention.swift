/// Drops old nights, and keeps their counts.
public struct Retention {
    private let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// The nights that keeping the newest `count` nights would drop, oldest first, as dates.
    ///
    /// Counted in days, back from the newest night or from today, whichever is earlier: one alert with a date in the
    /// future cannot push all others out. Alerts without a date are kept.
    public func nights(keeping count: Int) throws(StoreError) -> [String] {
        guard count > 0 else { throw .configuration(reason: "at least one night must be kept") }
        let rows = try connection.query(
            """
            WITH partitions AS (
                SELECT to_date(right(c.relname, 8), 'YYYYMMDD') AS night
                FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'alert'::regclass AND c.relname ~ '^alert_[0-9]{8}$'
            )
            SELECT night FROM partitions WHERE night <= least(latest_night(), current_date) - $1::integer ORDER BY night
            """, [.integer(count)])
        return rows.rows.compactMap { $0.first ?? nil }
    }

    /// Drops one night in one transaction; needs the rights of the tables' owner.
    ///
    /// Waits at most 10 s for readers of other nights, then throws a retriable error and has changed nothing.
    ///
    /// - Returns: how many alerts went.
    public func drop(_ night: String) throws(StoreError) -> Int {
        try connection.transaction { () throws(StoreError) -> Int in
            try connection.execute("SET LOCAL lock_timeout = '10s'")
            return Int(try connection.query("SELECT retire_night($1::date)", [.text(night)]).scalar ?? "") ?? 0
        }
    }
}

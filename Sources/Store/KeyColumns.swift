/// The columns of the rows that a batch adds to `candid_night`, which keeps a candid unique over all nights.
struct KeyColumns {
    private let candid = ArrayColumn(.bigint)
    private let night = ArrayColumn(.date)

    // The rows come in ascending order, and are inserted in it: two writers that share candids wait for each other, and
    // never both at once.
    static let insert = Statement(
        name: "claiming candids",
        sql: """
            INSERT INTO candid_night (candid, night)
            SELECT * FROM unnest($1::bigint[], $2::date[])
            ON CONFLICT (candid) DO NOTHING
            RETURNING candid
            """)

    /// The nights, as days since 2000-01-01, of candids that were stored before, in ascending order of the candids.
    static let find = Statement(
        name: "finding nights",
        sql: "SELECT candid, night FROM candid_night WHERE candid = ANY($1::bigint[]) ORDER BY candid")

    var count: Int { candid.count }
    var parameters: [Parameter] { [.array(candid), .array(night)] }
    var candids: [Parameter] { [.array(candid)] }

    func removeAll() {
        candid.removeAll()
        night.removeAll()
    }

    func append(_ entry: BatchPlan.Entry) {
        candid.append(entry.candid)
        night.append(entry.night)
    }
}

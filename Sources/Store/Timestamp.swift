/// PostgreSQL's binary `timestamptz`: microseconds since 2000-01-01T00:00Z.
enum Timestamp {
    /// 2000-01-01T00:00Z in milliseconds since 1970.
    private static let epochMs: Int64 = 946_684_800_000
    /// The end of the year 9999 in milliseconds since 1970; a later clock is broken.
    private static let lastMs: Int64 = 253_402_300_799_999

    /// Nil for times before 1970, which is how Kafka says that there is none, and for impossible ones.
    static func microseconds(ms: Int64?) -> Int64? {
        guard let ms, (0...lastMs).contains(ms) else { return nil }
        return (ms - epochMs) * 1000
    }

    static func ms(microseconds: Int64) -> Int64 {
        microseconds / 1000 + epochMs
    }
}

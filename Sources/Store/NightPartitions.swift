/// The partitions that hold the nights of `alert`, `classification` and `skip`.
struct NightPartitions {
    /// Nights whose partitions are known to be there; forgotten when the database contradicts.
    private var known: Set<Int32> = [Night.unknown]
    private let missing = ArrayColumn(.date)

    /// Each partition made holds locks until its transaction ends, and the server has room for a few thousand.
    private static let nightsATransaction = 32

    private static let make = Statement(
        name: "making partitions", sql: "SELECT make_night_partitions($1::date[])")

    mutating func forget() {
        known = [Night.unknown]
    }

    /// Makes what is missing for these entries, outside any transaction: should the batch fail, empty partitions stay.
    mutating func prepare(for order: [BatchPlan.Entry], on connection: Connection) throws(StoreError) {
        missing.removeAll()
        var nights: [Int32] = []
        for entry in order where known.insert(entry.night).inserted { nights.append(entry.night) }
        guard !nights.isEmpty else { return }
        do throws(StoreError) {
            for (index, night) in nights.enumerated() {
                missing.append(night)
                guard missing.count == Self.nightsATransaction || index == nights.count - 1 else { continue }
                _ = try connection.run(Self.make, [.array(missing)])
                missing.removeAll()
            }
        } catch {
            forget()
            throw error
        }
    }
}

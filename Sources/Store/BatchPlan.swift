import Alerts

/// A batch that was checked before anything is sent: the order of its rows, and those that cannot be stored.
struct BatchPlan {
    /// An alert that cannot be stored.
    struct Rejected {
        let index: Int
        let reason: String
        let detail: String
    }

    struct Entry {
        let candid: Int64
        let index: Int
        /// Days since 2000-01-01, or `Night.unknown`.
        let night: Int32
    }

    /// The storable alerts by candid, then by place in the batch: two writers insert in one order, so they cannot
    /// deadlock, and the first of several with one candid is the one that is stored.
    private(set) var order: [Entry] = []
    private(set) var unstorable: [Rejected] = []
    /// What became of each partition's alerts, one entry a range of the batch.
    var tallies: [PartitionTally] = []

    mutating func make(from batch: borrowing ResultBatch, classCount: Int) throws(StoreError) {
        order.removeAll(keepingCapacity: true)
        unstorable.removeAll(keepingCapacity: true)
        tallies.removeAll(keepingCapacity: true)
        guard batch.count + batch.quarantined.count < 1 << 24 else {
            throw .invalidBatch(reason: "\(batch.count) alerts are too many for one transaction")
        }
        for range in batch.offsets {
            guard tally(of: range.topicId, range.partition) == nil else {
                throw .invalidBatch(reason: "partition \(range.partition) of topic \(range.topicId) has two ranges")
            }
            guard range.firstOffset >= 0, range.nextOffset >= range.firstOffset else {
                throw .invalidBatch(reason: "the offsets \(range.firstOffset) to \(range.nextOffset) are no range")
            }
            tallies.append(PartitionTally(range))
        }
        for index in 0..<batch.count {
            try consume(batch.sources[index])
            if case .classified(let row) = batch.outcomes[index] {
                guard row >= 0, Int(row) < batch.probabilities.count / classCount else {
                    throw .invalidBatch(reason: "row \(row) of the probabilities is missing (\(classCount) classes)")
                }
            }
            let alert = batch.alerts[index]
            if Self.isStorable(alert.objectId) {
                let night = Night.daysSince2000(jd: alert.jd, survey: alert.survey) ?? Night.unknown
                order.append(Entry(candid: alert.candid, index: index, night: night))
            } else {
                let detail = "object id of alert \(alert.candid) is not text: \(alert.objectId)"
                unstorable.append(Rejected(index: index, reason: "invalid_object_id", detail: detail))
            }
        }
        for message in batch.quarantined { try consume(message.source) }
        order.sort { ($0.candid, $0.index) < ($1.candid, $1.index) }
    }

    /// The place of a source's tally; nil when the batch has no range for it.
    func tally(of topicId: Int32, _ partition: Int32) -> Int? {
        tallies.firstIndex { $0.range.topicId == topicId && $0.range.partition == partition }
    }

    mutating func count(_ source: ResultBatch.Source, _ outcome: PartitionTally.Outcome) {
        guard let place = tally(of: source.topicId, source.partition) else { return }
        tallies[place].count(outcome)
    }

    /// Checks where an alert or a message comes from, and counts it as consumed.
    private mutating func consume(_ source: ResultBatch.Source) throws(StoreError) {
        guard let place = tally(of: source.topicId, source.partition) else {
            throw .invalidBatch(
                reason: "an alert comes from partition \(source.partition), which has no range of offsets")
        }
        let range = tallies[place].range
        guard source.offset >= range.firstOffset, source.offset < range.nextOffset else {
            throw .invalidBatch(
                reason: "offset \(source.offset) of partition \(source.partition) lies outside"
                    + " \(range.firstOffset)..<\(range.nextOffset)")
        }
        tallies[place].consumed += 1
    }

    /// PostgreSQL's text is UTF-8 without NUL.
    private static func isStorable(_ id: ObjectId) -> Bool {
        id.withUTF8 { bytes in
            if bytes.allSatisfy({ $0 > 0 && $0 < 0x80 }) { return true }
            return !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
        }
    }
}

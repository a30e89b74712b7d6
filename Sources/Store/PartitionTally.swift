/// What became of one partition's alerts in the batch that is being written; at most 2^24, which the plan checks.
struct PartitionTally {
    let range: ResultBatch.OffsetRange
    /// What came in, counted apart from what became of it.
    var consumed: Int32 = 0
    private(set) var classified: Int32 = 0
    private(set) var skipped: Int32 = 0
    private(set) var quarantined: Int32 = 0
    private(set) var duplicates: Int32 = 0

    init(_ range: ResultBatch.OffsetRange) {
        self.range = range
    }

    enum Outcome {
        case classified, skipped, duplicate, quarantined
    }

    mutating func count(_ outcome: Outcome) {
        switch outcome {
        case .classified: classified += 1
        case .skipped: skipped += 1
        case .duplicate:
            skipped += 1
            duplicates += 1
        case .quarantined: quarantined += 1
        }
    }

    /// Forgets the outcomes, for another attempt.
    mutating func clear() {
        let consumed = consumed
        self = PartitionTally(range)
        self.consumed = consumed
    }
}

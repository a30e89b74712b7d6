import Alerts

/// Inserts a batch's rows inside the writer's transaction, and counts what became of them.
struct RowWriter {
    /// What becomes of an alert, once the database has said whether its candid is new.
    private enum Fate {
        case classified(top: Int, probability: Float)
        case skipped
        case duplicate
        /// The candid is stored with this other night.
        case ofAnotherNight(Int32)
    }

    private let connection: Connection
    private let modelId: Int32
    let classes: [String]

    private(set) var counts = OutcomeCounts()
    private var rejected: [BatchPlan.Rejected] = []
    /// One entry a row of the range that is being inserted.
    private var fates: [Fate] = []
    /// Candids of the range that are stored, in ascending order, and their nights.
    private var known: [(candid: Int64, night: Int32)] = []
    private let keys = KeyColumns()
    private let alerts = AlertRows()
    private let classifications: ClassificationRows
    private let skips = SkipColumns()
    private let quarantine = QuarantineColumns()

    init(_ connection: Connection, modelId: Int32, classes: [String]) {
        self.connection = connection
        self.modelId = modelId
        self.classes = classes
        classifications = ClassificationRows(classes: classes)
    }

    /// Forgets the previous attempt.
    mutating func begin(_ plan: inout BatchPlan) {
        rejected = plan.unstorable
        counts.removeAll()
        for place in plan.tallies.indices { plan.tallies[place].clear() }
    }

    /// Inserts some of the plan's rows and counts them.
    mutating func insert(
        _ range: Range<Int>, of batch: ResultBatch, _ plan: inout BatchPlan, _ batchId: Int64
    ) throws(StoreError) {
        guard !range.isEmpty else { return }
        keys.removeAll()
        for place in range where Self.isFirst(place, in: range, plan) { keys.append(plan.order[place]) }
        let new = try connection.run(KeyColumns.insert, keys.parameters)
        known.removeAll(keepingCapacity: true)
        if new.rowCount < keys.count { try findKnown() }
        alerts.removeAll()
        classifications.removeAll()
        skips.removeAll()
        try sort(range, of: batch, plan, batchId, new: new)
        if !alerts.isEmpty {
            try connection.copy(AlertRows.copy, alerts.encoded)
            _ = try connection.run(ObjectColumns.insert, alerts.objects)
        }
        if !classifications.isEmpty { try connection.copy(ClassificationRows.copy, classifications.encoded) }
        if !skips.isEmpty { _ = try connection.run(SkipColumns.insert, skips.parameters) }
        count(range, of: batch, &plan)
    }

    /// Inserts rows and halves them where the database refuses one, until the refused ones stand alone.
    mutating func insertSplitting(
        _ range: Range<Int>, of batch: ResultBatch, _ plan: inout BatchPlan, _ batchId: Int64
    ) throws(StoreError) {
        guard !range.isEmpty else { return }
        try connection.execute("SAVEPOINT rows")
        do throws(StoreError) {
            try insert(range, of: batch, &plan, batchId)
            try connection.execute("RELEASE SAVEPOINT rows")
        } catch {
            guard case .server(_, let sqlState, let message) = error, sqlState.isDataError else { throw error }
            try connection.execute("ROLLBACK TO SAVEPOINT rows; RELEASE SAVEPOINT rows")
            if range.count == 1 {
                let entry = plan.order[range.lowerBound]
                let detail = "alert \(entry.candid): \(message) [\(sqlState)]"
                rejected.append(BatchPlan.Rejected(index: entry.index, reason: "refused_by_database", detail: detail))
            } else {
                let middle = range.lowerBound + range.count / 2
                try insertSplitting(range.lowerBound..<middle, of: batch, &plan, batchId)
                try insertSplitting(middle..<range.upperBound, of: batch, &plan, batchId)
            }
        }
    }

    /// Inserts what was rejected, and the messages that could not be decoded.
    mutating func insertQuarantine(of batch: ResultBatch, _ plan: inout BatchPlan) throws(StoreError) {
        quarantine.removeAll()
        for alert in rejected {
            let source = batch.sources[alert.index]
            quarantine.append(from: source, reason: alert.reason, detail: alert.detail, content: nil)
            plan.count(source, .quarantined)
            counts.add(.quarantined, alert.reason, source, night: Night.unknown)
        }
        for message in batch.quarantined {
            quarantine.append(
                from: message.source, reason: message.reason, detail: message.detail,
                content: (message.payload, message.payloadLength))
            plan.count(message.source, .quarantined)
            counts.add(.quarantined, message.reason, message.source, night: Night.unknown)
            if quarantine.isFull {
                _ = try connection.run(QuarantineColumns.insert, quarantine.parameters)
                quarantine.removeAll()
            }
        }
        if !quarantine.isEmpty { _ = try connection.run(QuarantineColumns.insert, quarantine.parameters) }
    }

    /// Why the first row that was rejected was; nil when none was.
    var rejection: String? { rejected.first?.detail }

    /// Counts one quarantined message less.
    mutating func takeBack(quarantined reason: String, _ source: ResultBatch.Source) {
        counts.add(.quarantined, reason, source, night: Night.unknown, alerts: -1)
    }

    /// Adds what was counted to `outcome_count`.
    mutating func insertCounts() throws(StoreError) {
        guard let parameters = counts.parameters(modelId: modelId) else { return }
        _ = try connection.run(OutcomeCounts.upsert, parameters)
    }

    /// True for the first of the range's rows with its candid; equal candids stand together.
    private static func isFirst(_ place: Int, in range: Range<Int>, _ plan: BatchPlan) -> Bool {
        place == range.lowerBound || plan.order[place - 1].candid != plan.order[place].candid
    }

    /// Decides each row's fate and fills the columns.
    ///
    /// - Parameter new: the candids that were new, in ascending order like the plan's.
    private mutating func sort(
        _ range: Range<Int>, of batch: ResultBatch, _ plan: BatchPlan, _ batchId: Int64, new: borrowing QueryResult
    ) throws(StoreError) {
        fates.removeAll(keepingCapacity: true)
        var newRow = 0
        var knownRow = 0
        var storedNight = Night.unknown
        for place in range {
            let entry = plan.order[place]
            let source = batch.sources[entry.index]
            if Self.isFirst(place, in: range, plan) {
                storedNight = entry.night
                if new.integer(row: newRow, column: 0) == entry.candid {
                    newRow += 1
                    fates.append(store(entry, batch, batchId))
                    continue
                }
                while knownRow < known.count, known[knownRow].candid < entry.candid { knownRow += 1 }
                guard knownRow < known.count, known[knownRow].candid == entry.candid else {
                    // Its night was dropped between the two statements; at the next attempt the candid is new.
                    throw .server(
                        operation: KeyColumns.find.name, sqlState: .serializationFailure,
                        message: "alert \(entry.candid) was dropped meanwhile")
                }
                storedNight = known[knownRow].night
            }
            if storedNight == entry.night {
                fates.append(.duplicate)
                skips.append(candid: entry.candid, night: entry.night, from: source, reason: Self.duplicate)
            } else {
                fates.append(.ofAnotherNight(storedNight))
            }
        }
        guard newRow == new.rowCount else {
            throw .unexpectedAnswer(operation: KeyColumns.insert.name, reason: "the new candids are not in order")
        }
    }

    private mutating func findKnown() throws(StoreError) {
        let rows = try connection.run(KeyColumns.find, keys.candids)
        for row in 0..<rows.rowCount {
            guard let candid = rows.integer(row: row, column: 0),
                let night = rows.integer(row: row, column: 1, as: Int32.self)
            else { continue }
            known.append((candid, night))
        }
    }

    private static let duplicate = "duplicate"

    private func store(_ entry: BatchPlan.Entry, _ batch: ResultBatch, _ batchId: Int64) -> Fate {
        let index = entry.index
        let source = batch.sources[index]
        alerts.append(
            batch.alerts[index], night: entry.night, from: source, detectionCount: batch.detectionCounts[index])
        switch batch.outcomes[index] {
        case .skipped(let reason):
            skips.append(candid: entry.candid, night: entry.night, from: source, reason: reason)
            return .skipped
        case .classified(let row):
            let first = Int(row) * classes.count
            let top = batch.probabilities.withUnsafeBufferPointer { all in
                classifications.append(
                    candid: entry.candid, night: entry.night, modelId: modelId, batchId: batchId,
                    UnsafeBufferPointer(rebasing: all[first..<first + classes.count]))
            }
            return .classified(top: top, probability: batch.probabilities[first + top])
        }
    }

    private mutating func count(_ range: Range<Int>, of batch: ResultBatch, _ plan: inout BatchPlan) {
        for place in range {
            let entry = plan.order[place]
            let source = batch.sources[entry.index]
            switch fates[place - range.lowerBound] {
            case .duplicate:
                plan.count(source, .duplicate)
                counts.add(.skipped, Self.duplicate, source, night: entry.night)
            case .classified(let top, let probability):
                plan.count(source, .classified)
                counts.add(.classified, classes[top], source, night: entry.night, probability: probability)
            case .skipped:
                guard case .skipped(let reason) = batch.outcomes[entry.index] else { continue }
                plan.count(source, .skipped)
                counts.add(.skipped, reason, source, night: entry.night)
            case .ofAnotherNight(let stored):
                let detail =
                    "alert \(entry.candid) is stored with the night \(Night.text(stored)) and came with"
                    + " \(Night.text(entry.night))"
                rejected.append(
                    BatchPlan.Rejected(index: entry.index, reason: "candid_of_another_night", detail: detail))
            }
        }
    }
}

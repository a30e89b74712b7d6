import Alerts

/// Writes batches of results, each in one transaction together with the Kafka offsets it covers.
///
/// What is read again changes nothing: a batch the database has already is recognised by its offsets, an alert by its
/// candid. A writer whose partition was claimed by another instance is refused whole. Owned by one thread, with its
/// connection; its buffers are reused.
public final class ResultWriter {
    private let connection: Connection
    private let modelId: Int32
    private let classCount: Int

    private var plan = BatchPlan()
    private var rejected: [BatchPlan.Rejected] = []
    private var skippedByReason: [String: Int] = [:]
    private var quarantinedByReason: [String: Int] = [:]
    private let alerts = AlertColumns()
    private let classifications: ClassificationColumns
    private let skips = SkipColumns()
    private let quarantine = QuarantineColumns()
    private let offsets = OffsetColumns()

    /// - Parameter modelId: of a registered model; its classes are the columns of every batch's probabilities.
    /// - Throws: `.olderDatabase` and `.newerDatabase` when the schema does not fit; `.configuration` for an unknown
    ///   model.
    public init(_ connection: Connection, modelId: Int32) throws(StoreError) {
        try Migrator(connection).check()
        let classes = try ModelRegistry(connection).classes(of: modelId)
        self.connection = connection
        self.modelId = modelId
        classCount = classes.count
        classifications = ClassificationColumns(classes: classes)
    }

    /// Writes a batch; connects again first when the connection was lost.
    ///
    /// When an error is retriable, call again with the same batch after a pause: if the first attempt was committed
    /// after all, the second one finds that out. Nothing is ever quarantined because of an outage.
    ///
    /// - Throws: `.fenced`, `.outOfOrder`, `.invalidBatch`, or what the server or the connection reports; nothing was
    ///   written then, save that after `.connectionLost` it is unknown.
    public func write(_ batch: borrowing ResultBatch) throws(StoreError) -> WriteSummary {
        guard !batch.offsets.isEmpty || batch.count > 0 || !batch.quarantined.isEmpty else { return WriteSummary() }
        try plan.make(from: batch, classCount: classCount)
        try connection.reopenIfLost()
        do throws(StoreError) {
            return try attempt(batch, rowByRow: false)
        } catch {
            guard error.isDataError else { throw error }
            return try attempt(batch, rowByRow: true)
        }
    }

    /// - Parameter rowByRow: finds and quarantines the rows that the database refuses, instead of failing.
    private func attempt(_ batch: borrowing ResultBatch, rowByRow: Bool) throws(StoreError) -> WriteSummary {
        rejected = plan.unstorable
        skippedByReason.removeAll(keepingCapacity: true)
        quarantinedByReason.removeAll(keepingCapacity: true)
        for place in plan.tallies.indices { plan.tallies[place].clear() }
        // A closure cannot capture what is borrowed; a copy of the struct shares its arrays.
        let batch = copy batch
        return try connection.transaction { () throws(StoreError) -> WriteSummary in
            guard let batchId = try lockOffsets() else {
                var summary = WriteSummary()
                summary.wasAlreadyWritten = true
                return summary
            }
            if rowByRow {
                try insertSplitting(plan.order.indices, of: batch, batchId)
            } else {
                try insert(plan.order.indices, of: batch, batchId)
            }
            try insertQuarantine(of: batch)
            return try advanceOffsets(of: batch, batchId)
        }
    }

    // MARK: - Offsets

    /// Locks the partitions and compares them with the batch.
    ///
    /// - Returns: a number for the batch, or nil when the database has all of it already.
    private func lockOffsets() throws(StoreError) -> Int64? {
        offsets.fill(plan.tallies, times: [])
        let rows = try connection.run(OffsetColumns.lock, offsets.key)
        var batchId: Int64?
        var written = 0
        var outOfOrder: (ResultBatch.OffsetRange, Int64)?
        for row in 0..<rows.rowCount {
            guard let topicId = rows.integer(row: row, column: 0, as: Int32.self),
                let partition = rows.integer(row: row, column: 1, as: Int32.self),
                let place = plan.tally(of: topicId, partition), let generation = rows.integer(row: row, column: 2)
            else { continue }
            let range = plan.tallies[place].range
            guard generation == range.generation else {
                throw .fenced(
                    topic: try topicName(topicId), partition: partition, generation: range.generation,
                    current: generation)
            }
            batchId = rows.integer(row: row, column: 4)
            if let next = rows.integer(row: row, column: 3), next != range.firstOffset {
                outOfOrder = (range, next)
                // Everything below `next` has an outcome in the database, for this generation's batches came in order.
                if next >= range.nextOffset { written += 1 }
            }
        }
        guard rows.rowCount == plan.tallies.count, let batchId else {
            throw .invalidBatch(reason: "one of its partitions was never claimed")
        }
        guard let (range, next) = outOfOrder else { return batchId }
        if written == plan.tallies.count { return nil }
        throw .outOfOrder(
            topic: try topicName(range.topicId), partition: range.partition, firstOffset: range.firstOffset,
            nextOffset: next)
    }

    private func advanceOffsets(of batch: ResultBatch, _ batchId: Int64) throws(StoreError) -> WriteSummary {
        var summary = WriteSummary()
        for tally in plan.tallies {
            summary.classified += Int(tally.classified)
            summary.skipped += Int(tally.skipped)
            summary.quarantined += Int(tally.quarantined)
            summary.duplicates += Int(tally.duplicates)
        }
        summary.skippedByReason = skippedByReason
        summary.quarantinedByReason = quarantinedByReason
        offsets.fill(plan.tallies, times: [batch.receivedAtMs, batch.decodedAtMs, batch.classifiedAtMs])
        let answer = try connection.run(
            OffsetColumns.advance, offsets.parameters(batchId: batchId, modelId: modelId))
        guard let committedAt = answer.integer(row: 0, column: 0),
            let moved = answer.integer(row: 0, column: 1), moved == plan.tallies.count
        else {
            throw .unexpectedAnswer(operation: OffsetColumns.advance.name, reason: "not every locked partition moved")
        }
        summary.committedAtMs = Timestamp.ms(microseconds: committedAt)
        return summary
    }

    private func topicName(_ id: Int32) throws(StoreError) -> String {
        try connection.query("SELECT name FROM topic WHERE id = $1", [.integer(id)]).scalar ?? "topic \(id)"
    }

    // MARK: - Rows

    /// Inserts some of the plan's rows and counts them.
    private func insert(_ range: Range<Int>, of batch: ResultBatch, _ batchId: Int64) throws(StoreError) {
        guard !range.isEmpty else { return }
        alerts.removeAll()
        for place in range where isFirst(place, in: range) {
            let index = plan.order[place].index
            alerts.append(batch.alerts[index], from: batch.sources[index], detectionCount: batch.detectionCounts[index])
        }
        let stored = try connection.run(AlertColumns.insert, alerts.parameters)
        classifications.removeAll()
        skips.removeAll()
        let duplicates = try sortOutcomes(range, of: batch, stored)
        if !classifications.isEmpty {
            _ = try connection.run(
                ClassificationColumns.insert, classifications.parameters(modelId: modelId, batchId: batchId))
        }
        if !skips.isEmpty { _ = try connection.run(SkipColumns.insert, skips.parameters) }
        count(range, of: batch, duplicates)
    }

    /// True for the first of the range's rows with its candid; equal candids stand together.
    private func isFirst(_ place: Int, in range: Range<Int>) -> Bool {
        place == range.lowerBound || plan.order[place - 1].candid != plan.order[place].candid
    }

    /// Fills the columns of classifications and skips.
    ///
    /// - Parameter stored: the candids that were new, in ascending order like the plan's.
    /// - Returns: the places of the plan whose candid was there already.
    private func sortOutcomes(
        _ range: Range<Int>, of batch: ResultBatch, _ stored: borrowing QueryResult
    ) throws(StoreError) -> Set<Int> {
        var duplicates: Set<Int> = []
        var row = 0
        for place in range {
            let entry = plan.order[place]
            if isFirst(place, in: range), stored.integer(row: row, column: 0) == entry.candid {
                row += 1
                switch batch.outcomes[entry.index] {
                case .classified(let row): classify(entry, row: Int(row), batch)
                case .skipped(let reason):
                    skips.append(candid: entry.candid, from: batch.sources[entry.index], reason: reason)
                }
            } else {
                duplicates.insert(place)
                skips.append(candid: entry.candid, from: batch.sources[entry.index], reason: "duplicate")
            }
        }
        guard row == stored.rowCount else {
            throw .unexpectedAnswer(operation: AlertColumns.insert.name, reason: "the new candids are not in order")
        }
        return duplicates
    }

    private func classify(_ entry: BatchPlan.Entry, row: Int, _ batch: ResultBatch) {
        batch.probabilities.withUnsafeBufferPointer { all in
            classifications.append(
                candid: entry.candid, UnsafeBufferPointer(rebasing: all[row * classCount..<(row + 1) * classCount]))
        }
    }

    private func count(_ range: Range<Int>, of batch: ResultBatch, _ duplicates: Set<Int>) {
        for place in range {
            let index = plan.order[place].index
            let source = batch.sources[index]
            switch batch.outcomes[index] {
            case _ where duplicates.contains(place):
                plan.count(source, .duplicate)
                skippedByReason["duplicate", default: 0] += 1
            case .classified:
                plan.count(source, .classified)
            case .skipped(let reason):
                plan.count(source, .skipped)
                skippedByReason[reason, default: 0] += 1
            }
        }
    }

    /// Inserts rows and halves them where the database refuses one, until the refused ones stand alone.
    private func insertSplitting(_ range: Range<Int>, of batch: ResultBatch, _ batchId: Int64) throws(StoreError) {
        guard !range.isEmpty else { return }
        try connection.execute("SAVEPOINT rows")
        do throws(StoreError) {
            try insert(range, of: batch, batchId)
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
                try insertSplitting(range.lowerBound..<middle, of: batch, batchId)
                try insertSplitting(middle..<range.upperBound, of: batch, batchId)
            }
        }
    }

    private func insertQuarantine(of batch: ResultBatch) throws(StoreError) {
        quarantine.removeAll()
        for alert in rejected {
            let source = batch.sources[alert.index]
            quarantine.append(from: source, reason: alert.reason, detail: alert.detail, content: nil)
            plan.count(source, .quarantined)
            quarantinedByReason[alert.reason, default: 0] += 1
        }
        for message in batch.quarantined {
            quarantine.append(
                from: message.source, reason: message.reason, detail: message.detail,
                content: (message.payload, message.payloadLength))
            plan.count(message.source, .quarantined)
            quarantinedByReason[message.reason, default: 0] += 1
            if quarantine.isFull {
                _ = try connection.run(QuarantineColumns.insert, quarantine.parameters)
                quarantine.removeAll()
            }
        }
        if !quarantine.isEmpty { _ = try connection.run(QuarantineColumns.insert, quarantine.parameters) }
    }
}

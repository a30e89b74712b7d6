import Alerts

/// Writes batches of results, each in one transaction together with the Kafka offsets it covers.
///
/// What is read again changes nothing: a batch the database has already is recognised by its offsets, an alert by its
/// candid. A writer whose partition was claimed by another instance is refused whole. Owned by one thread, with its
/// connection; its buffers are reused.
public final class ResultWriter {
    let connection: Connection
    let modelId: Int32
    var plan = BatchPlan()
    var partitions = NightPartitions()
    var rows: RowWriter
    private let offsets = OffsetColumns()

    /// - Parameter modelId: of a registered model; its classes are the columns of every batch's probabilities.
    /// - Throws: `.olderDatabase` and `.newerDatabase` when the schema does not fit; `.configuration` for an unknown
    ///   model.
    public init(_ connection: Connection, modelId: Int32) throws(StoreError) {
        try Migrator(connection).check()
        let classes = try ModelRegistry(connection).classes(of: modelId)
        self.connection = connection
        self.modelId = modelId
        rows = RowWriter(connection, modelId: modelId, classes: classes)
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
        try plan.make(from: batch, classCount: rows.classes.count)
        try connection.reopenIfLost()
        try partitions.prepare(for: plan.order, on: connection)
        do throws(StoreError) {
            return try attempt(batch, rowByRow: false)
        } catch {
            guard error.isDataError else { throw error }
            // A night that was dropped meanwhile looks like a value at fault too.
            partitions.forget()
            try partitions.prepare(for: plan.order, on: connection)
            return try attempt(batch, rowByRow: true)
        }
    }

    /// - Parameter rowByRow: finds and quarantines the rows that the database refuses, instead of failing.
    private func attempt(_ batch: borrowing ResultBatch, rowByRow: Bool) throws(StoreError) -> WriteSummary {
        rows.begin(&plan)
        // A closure cannot capture what is borrowed; a copy of the struct shares its arrays.
        let batch = copy batch
        return try connection.transaction { () throws(StoreError) -> WriteSummary in
            guard let batchId = try lockOffsets() else {
                var summary = WriteSummary()
                summary.wasAlreadyWritten = true
                return summary
            }
            if rowByRow {
                try rows.insertSplitting(plan.order.indices, of: batch, &plan, batchId)
            } else {
                try rows.insert(plan.order.indices, of: batch, &plan, batchId)
            }
            try rows.insertQuarantine(of: batch, &plan)
            try rows.insertCounts()
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

    /// Locks the partition of a plan that has one, whoever owns it, and takes a number for a batch.
    func lockPartition() throws(StoreError) -> Int64 {
        offsets.fill(plan.tallies, times: [])
        guard let batchId = try connection.run(OffsetColumns.lock, offsets.key).integer(row: 0, column: 4) else {
            throw .invalidBatch(reason: "its partition was never claimed")
        }
        return batchId
    }

    /// What became of the plan's alerts.
    func summary() -> WriteSummary {
        var summary = WriteSummary()
        for tally in plan.tallies {
            summary.classified += Int(tally.classified)
            summary.skipped += Int(tally.skipped)
            summary.quarantined += Int(tally.quarantined)
            summary.duplicates += Int(tally.duplicates)
        }
        summary.skippedByReason = rows.counts.byName(.skipped)
        summary.quarantinedByReason = rows.counts.byName(.quarantined)
        return summary
    }

    private func advanceOffsets(of batch: ResultBatch, _ batchId: Int64) throws(StoreError) -> WriteSummary {
        var summary = summary()
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
}

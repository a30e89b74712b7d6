extension ResultWriter {
    private static let close = Statement(
        name: "resolving a quarantined message",
        sql: """
            UPDATE quarantine SET resolved_at = clock_timestamp(), resolved_model_id = $2
            WHERE id = $1 AND resolved_at IS NULL
            RETURNING id
            """)

    /// Moves the counters of one partition, but neither its offset nor its generation.
    private static let recount = Statement(
        name: "counting a resolved message",
        sql: """
            WITH moved AS (
                UPDATE stream_offset SET consumed = consumed + $3 + $4 - 1, classified = classified + $3,
                    skipped = skipped + $4, duplicates = duplicates + $5, quarantined = quarantined - 1
                WHERE topic_id = $1 AND partition = $2
            )
            INSERT INTO batch (id, model_id, consumed) VALUES ($6::bigint, $7::integer, $3::integer + $4::integer)
            """)

    /// Stores the alerts of a quarantined message that could be decoded after all, and marks its entry resolved, in one
    /// transaction; the account still closes.
    ///
    /// - Parameter batch: the alerts of the message and nothing else; its offsets are not used.
    /// - Returns: what became of the alerts; `wasAlreadyWritten` when the entry is resolved already.
    /// - Throws: `.invalidBatch` when one of the alerts cannot be stored; the entry stays open then.
    public func resolve(_ entry: Quarantine.Entry, with batch: borrowing ResultBatch) throws(StoreError) -> WriteSummary {
        let batch = Self.only(entry, of: batch)
        try plan.make(from: batch, classCount: rows.classes.count)
        try connection.reopenIfLost()
        try partitions.prepare(for: plan.order, on: connection)
        rows.begin(&plan)
        return try connection.transaction { () throws(StoreError) -> WriteSummary in
            let batchId = try lockPartition()
            guard try connection.run(Self.close, [.integer(entry.id), .integer(modelId)]).rowCount == 1 else {
                var summary = WriteSummary()
                summary.wasAlreadyWritten = true
                return summary
            }
            try rows.insert(plan.order.indices, of: batch, &plan, batchId)
            if let reason = rows.rejection { throw .invalidBatch(reason: reason) }
            let summary = summary()
            let source = ResultBatch.Source(
                topicId: entry.topicId, partition: entry.partition, offset: entry.offset,
                alertIndex: ResultBatch.Source.wholeMessage, timestampMs: entry.timestampMs)
            rows.takeBack(quarantined: entry.reason, source)
            try rows.insertCounts()
            _ = try connection.run(
                Self.recount,
                [
                    .integer(entry.topicId), .integer(entry.partition), .integer(summary.classified),
                    .integer(summary.skipped), .integer(summary.duplicates), .integer(batchId), .integer(modelId),
                ])
            return summary
        }
    }

    /// The batch with the one range of offsets that the entry's message covers.
    private static func only(_ entry: Quarantine.Entry, of batch: borrowing ResultBatch) -> ResultBatch {
        var batch = copy batch
        batch.offsets = [
            ResultBatch.OffsetRange(
                topicId: entry.topicId, partition: entry.partition, generation: 0, firstOffset: entry.offset,
                nextOffset: entry.offset + 1)
        ]
        return batch
    }
}

/// The columns of the last statement, which moves the offsets on and closes the batch.
struct OffsetColumns {
    private let topicId = ArrayColumn(.integer)
    private let partition = ArrayColumn(.integer)
    private let generation = ArrayColumn(.bigint)
    private let firstOffset = ArrayColumn(.bigint)
    private let nextOffset = ArrayColumn(.bigint)
    private let consumed = ArrayColumn(.integer)
    private let classified = ArrayColumn(.integer)
    private let skipped = ArrayColumn(.integer)
    private let quarantined = ArrayColumn(.integer)
    private let duplicates = ArrayColumn(.integer)
    private let times = ArrayColumn(.timestamptz)

    /// Locks the batch's partitions, in order, and says where they stand; takes a number for the batch.
    static let lock = Statement(
        name: "locking offsets",
        sql: """
            SELECT o.topic_id, o.partition, o.generation, o.next_offset, (SELECT nextval('batch_id_seq')) AS batch_id
            FROM stream_offset o
            WHERE (o.topic_id, o.partition) IN (SELECT * FROM unnest($1::integer[], $2::integer[]))
            ORDER BY o.topic_id, o.partition
            FOR UPDATE
            """)

    /// The fence, and the statement whose clock is `committed_at`. Returns how many partitions it moved.
    static let advance = Statement(
        name: "advancing offsets",
        sql: """
            WITH moved AS (
                UPDATE stream_offset o SET next_offset = r.next_offset,
                    consumed = o.consumed + r.consumed,
                    classified = o.classified + r.classified, skipped = o.skipped + r.skipped,
                    quarantined = o.quarantined + r.quarantined, duplicates = o.duplicates + r.duplicates,
                    updated_at = clock_timestamp()
                FROM unnest($1::integer[], $2::integer[], $3::bigint[], $4::bigint[], $5::bigint[], $6::integer[],
                    $7::integer[], $8::integer[], $9::integer[], $10::integer[]) AS r(topic_id, partition, generation,
                    first_offset, next_offset, consumed, classified, skipped, quarantined, duplicates)
                WHERE o.topic_id = r.topic_id AND o.partition = r.partition AND o.generation = r.generation
                    AND (o.next_offset = r.first_offset OR o.next_offset IS NULL)
                RETURNING r.consumed
            ), total AS (
                SELECT count(*) AS partitions, coalesce(sum(consumed), 0) AS consumed FROM moved
            )
            INSERT INTO batch (id, model_id, consumed, received_at, decoded_at, classified_at, committed_at)
            SELECT $11::bigint, $12::integer, consumed, ($13::timestamptz[])[1], ($13::timestamptz[])[2],
                ($13::timestamptz[])[3], clock_timestamp()
            FROM total
            RETURNING committed_at, (SELECT partitions FROM total)
            """)

    var key: [Parameter] { [.array(topicId), .array(partition)] }

    func parameters(batchId: Int64, modelId: Int32) -> [Parameter] {
        [topicId, partition, generation, firstOffset, nextOffset, consumed, classified, skipped, quarantined, duplicates]
            .map { .array($0) } + [.integer(batchId), .integer(modelId), .array(times)]
    }

    func fill(_ tallies: [PartitionTally], times stamps: [Int64?]) {
        for column in [
            topicId, partition, generation, firstOffset, nextOffset, consumed, classified, skipped, quarantined,
            duplicates, times,
        ] {
            column.removeAll()
        }
        for tally in tallies {
            topicId.append(tally.range.topicId)
            partition.append(tally.range.partition)
            generation.append(tally.range.generation)
            firstOffset.append(tally.range.firstOffset)
            nextOffset.append(tally.range.nextOffset)
            consumed.append(tally.consumed)
            classified.append(tally.classified)
            skipped.append(tally.skipped)
            quarantined.append(tally.quarantined)
            duplicates.append(tally.duplicates)
        }
        for stamp in stamps { times.append(Timestamp.microseconds(ms: stamp)) }
    }
}

/// Where each partition stands, and who may write it.
public struct StreamOffsets {
    /// The right to write one partition, until somebody claims it again.
    public struct Claim: Equatable, Sendable {
        public let topic: String
        /// The database's number of the topic, which `ResultBatch` uses.
        public let topicId: Int32
        public let partition: Int32
        public let generation: Int64
        /// Where to seek to; nil when nothing of the partition was ever written.
        public let nextOffset: Int64?
    }

    private let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// Claims partitions: their generation goes up by one, so that every earlier claim is fenced off.
    ///
    /// Waits for a batch that is being committed under an earlier claim, so the offset returned is the last word.
    ///
    /// - Returns: one claim a partition, in the order asked for.
    public func claim(_ partitions: [(topic: String, partition: Int32)]) throws(StoreError) -> [Claim] {
        guard !partitions.isEmpty else { return [] }
        let topics = ArrayColumn(.text)
        let numbers = ArrayColumn(.integer)
        for (topic, partition) in partitions {
            topics.append(topic)
            numbers.append(partition)
        }
        return try connection.transaction { () throws(StoreError) -> [Claim] in
            _ = try connection.query(
                """
                INSERT INTO topic (name) SELECT DISTINCT name FROM unnest($1::text[]) AS t(name)
                WHERE name NOT IN (SELECT name FROM topic) ORDER BY name ON CONFLICT (name) DO NOTHING
                """, [.array(topics)])
            // The query that locks takes the rows in order, so two instances that claim the same partitions cannot
            // deadlock.
            _ = try connection.query(
                """
                INSERT INTO stream_offset AS o (topic_id, partition, generation)
                SELECT DISTINCT t.id, p.partition, 1
                FROM unnest($1::text[], $2::integer[]) AS p(name, partition) JOIN topic t USING (name)
                ORDER BY t.id, p.partition
                ON CONFLICT (topic_id, partition) DO UPDATE SET generation = o.generation + 1, claimed_at = now()
                """, [.array(topics), .array(numbers)])
            let rows = try connection.query(
                """
                SELECT p.name, t.id, p.partition, o.generation, o.next_offset
                FROM unnest($1::text[], $2::integer[]) WITH ORDINALITY AS p(name, partition, place)
                JOIN topic t USING (name)
                JOIN stream_offset o ON o.topic_id = t.id AND o.partition = p.partition
                ORDER BY p.place
                """, [.array(topics), .array(numbers)])
            return try Self.claims(rows, count: partitions.count)
        }
    }

    private static func claims(_ table: TextTable, count: Int) throws(StoreError) -> [Claim] {
        var claims: [Claim] = []
        for row in table.rows.indices {
            guard let topic = table[row, "name"],
                let topicId = table[row, "id"].flatMap({ Int32($0) }),
                let partition = table[row, "partition"].flatMap({ Int32($0) }),
                let generation = table[row, "generation"].flatMap({ Int64($0) })
            else { break }
            let nextOffset = table[row, "next_offset"].flatMap { Int64($0) }
            claims.append(
                Claim(
                    topic: topic, topicId: topicId, partition: partition, generation: generation, nextOffset: nextOffset
                ))
        }
        guard claims.count == count else {
            throw .unexpectedAnswer(
                operation: "claiming partitions", reason: "\(claims.count) of \(count) claims came back")
        }
        return claims
    }
}

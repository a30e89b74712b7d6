import Store
import TestSupport
import Testing

/// From a database that version 1 filled.
struct UpgradeTests {
    private static let rows: SQL = """
        INSERT INTO topic (name) VALUES ('alerts');
        INSERT INTO model (name, sha256, preset, classes, role)
        VALUES ('tokens', repeat('a', 64), 'observations-1', '{SNIa,TDE,AGN}', 'active');
        INSERT INTO batch (model_id, consumed) VALUES (1, 8);
        INSERT INTO alert (candid, jd, ra, dec, night, magpsf, n_detections, topic_id, partition, kafka_offset,
            alert_index, survey, isdiffpos, band, object_id)
        SELECT i, 2461368.75 - i % 3, i, -i, CASE WHEN i < 6 THEN date '2026-11-24' - i % 3 END, 18 + i, 3, 1, 0, i, 0, 1,
            1, 'g', 'object' || i % 2
        FROM generate_series(1, 6) AS i;
        INSERT INTO classification (candid, batch_id, model_id, top_probability, entropy, probabilities, top_class)
        SELECT i, 1, 1, 0.75, 0.5, '{0.75,0.25,0}', 'SNIa' FROM generate_series(1, 4) AS i;
        INSERT INTO skip (candid, kafka_offset, topic_id, partition, alert_index, reason)
        VALUES (5, 5, 1, 0, 0, 'too_few_points'), (6, 6, 1, 0, 0, 'too_few_points'), (1, 7, 1, 0, 0, 'duplicate');
        INSERT INTO quarantine (kafka_offset, topic_id, partition, alert_index, reason, detail, payload, payload_length)
        VALUES (8, 1, 0, -1, 'damaged', 'cut short', '\\x0102', 2);
        INSERT INTO stream_offset (topic_id, partition, next_offset, generation, consumed, classified, skipped,
            quarantined, duplicates)
        VALUES (1, 0, 9, 4, 8, 4, 3, 1, 1);
        """

    private static let contents: SQL = """
        SELECT md5(string_agg(t, '|' ORDER BY t)) FROM (
            SELECT concat_ws(',', candid, jd, ra, dec, kafka_offset, ingested_at, nullif(night::text, '-infinity'), magpsf,
                n_detections, topic_id, partition, alert_index, survey, isdiffpos, band, object_id) AS t FROM alert
            UNION ALL SELECT concat_ws(',', candid, batch_id, model_id, top_probability, entropy, probabilities, top_class)
            FROM classification
            UNION ALL SELECT concat_ws(',', candid, kafka_offset, topic_id, partition, alert_index, reason) FROM skip
            UNION ALL SELECT concat_ws(',', id, kafka_offset, reason, detail, payload) FROM quarantine
            UNION ALL SELECT concat_ws(',', topic_id, partition, next_offset, generation, consumed) FROM stream_offset
        ) AS all_rows
        """

    @Test func aFilledDatabaseOfVersion1KeepsEveryRow() throws {
        let conninfo = try TemporaryPostgres.shared().createDatabase()
        let connection = try Connection(conninfo)
        let migrator = Migrator(connection)
        #expect(try migrator.migrate(upTo: 1).map(\.version) == [1])
        try connection.execute(Self.rows)
        #expect(try connection.query("SELECT bool_and(closes) FROM stream_account").scalar == "t")
        let before = try connection.query(Self.contents).scalar
        #expect(before != nil)
        #expect(try migrator.migrate().map(\.version) == [2])
        #expect(try connection.query(Self.contents).scalar == before)
        #expect(try Account(from: connection).closes)
        #expect(try Account.mismatches(in: connection) == [])
        #expect(
            try connection.query("SELECT * FROM object ORDER BY object_id").rows == [
                ["object0", "2026-11-22"], ["object1", "2026-11-22"],
            ])

        let claim = try #require(try StreamOffsets(connection).claim([(topic: "alerts", partition: 0)]).first)
        var batch = ResultBatch(claim, 9..<11)
        batch.classify(makeAlert(4, jd: 2_461_367.75), claim, 9, [0, 1, 0])
        batch.classify(makeAlert(7), claim, 10, [0, 1, 0])
        let summary = try ResultWriter(connection, modelId: 1).write(batch)
        #expect(summary.duplicates == 1 && summary.classified == 1)
        #expect(try Account(from: connection).closes)
        #expect(try Account.mismatches(in: connection) == [])
    }

    @Test func anUpgradeThatFailsLeavesVersion1AsItWas() throws {
        let connection = try Connection(TemporaryPostgres.shared().createDatabase())
        let migrator = Migrator(connection)
        _ = try migrator.migrate(upTo: 1)
        try connection.execute(Self.rows)
        try connection.execute("CREATE VIEW in_the_way AS SELECT candid FROM alert")
        let before = try connection.query(Self.contents).scalar
        #expect(storeError { _ = try migrator.migrate() }?.sqlState == SQLState("2BP01"))
        #expect(try migrator.version() == 1)
        #expect(try connection.query(Self.contents).scalar == before)
    }
}

extension Migration {
    static let initialViews: SQL = """
        CREATE VIEW object_latest AS
        SELECT DISTINCT ON (a.object_id)
            a.object_id, a.candid, a.jd, a.night, a.ra, a.dec, a.band, a.magpsf, a.n_detections,
            m.name AS model, c.model_id, c.top_class, c.top_probability, c.entropy, c.probabilities
        FROM alert a
        JOIN classification c USING (candid)
        JOIN model m ON m.id = c.model_id
        WHERE m.role <> 'shadow'
        ORDER BY a.object_id, a.jd DESC NULLS LAST, a.candid DESC, c.model_id DESC;

        CREATE VIEW night_summary AS
        SELECT a.night, m.name AS model, c.model_id, c.top_class, count(*) AS alerts,
            count(DISTINCT a.object_id) AS objects, avg(c.top_probability) AS mean_probability
        FROM alert a
        JOIN classification c USING (candid)
        JOIN model m ON m.id = c.model_id
        GROUP BY a.night, m.name, c.model_id, c.top_class;

        CREATE VIEW alert_latency AS
        SELECT a.candid, a.object_id, a.night, c.model_id, a.broker_timestamp,
            b.received_at, b.decoded_at, b.classified_at, b.committed_at,
            b.committed_at - a.broker_timestamp AS service_latency,
            b.committed_at - to_timestamp((a.jd - 2440587.5) * 86400) AS alert_age
        FROM alert a
        JOIN classification c USING (candid)
        JOIN batch b ON b.id = c.batch_id;

        CREATE VIEW stream_account AS
        WITH stored AS (
            SELECT topic_id, partition, count(*) AS alerts FROM alert GROUP BY topic_id, partition
        ), classified AS (
            SELECT a.topic_id, a.partition, count(*) AS classified
            FROM alert a
            WHERE EXISTS (SELECT FROM classification c WHERE c.candid = a.candid)
            GROUP BY a.topic_id, a.partition
        ), skipped AS (
            SELECT topic_id, partition, sum(alerts)::bigint AS skipped, jsonb_object_agg(reason, alerts) AS by_reason,
                coalesce(sum(alerts) FILTER (WHERE reason = 'duplicate'), 0)::bigint AS duplicates
            FROM (SELECT topic_id, partition, reason, count(*) AS alerts FROM skip GROUP BY 1, 2, 3) AS s
            GROUP BY topic_id, partition
        ), quarantined AS (
            SELECT topic_id, partition, count(*) AS quarantined FROM quarantine GROUP BY topic_id, partition
        ), account AS (
            SELECT t.name AS topic, o.partition, o.next_offset, o.consumed,
                coalesce(c.classified, 0) AS classified,
                coalesce(s.skipped, 0) AS skipped,
                coalesce(s.by_reason, '{}') AS skipped_by_reason,
                coalesce(s.duplicates, 0) AS duplicates,
                coalesce(q.quarantined, 0) AS quarantined,
                coalesce(a.alerts, 0) AS stored_alerts,
                o.classified AS counted_classified, o.skipped AS counted_skipped,
                o.quarantined AS counted_quarantined, o.duplicates AS counted_duplicates
            FROM stream_offset o
            JOIN topic t ON t.id = o.topic_id
            LEFT JOIN stored a USING (topic_id, partition)
            LEFT JOIN classified c USING (topic_id, partition)
            LEFT JOIN skipped s USING (topic_id, partition)
            LEFT JOIN quarantined q USING (topic_id, partition)
        )
        SELECT topic, partition, next_offset, consumed, classified, skipped, skipped_by_reason, duplicates, quarantined,
            stored_alerts, consumed - classified - skipped - quarantined AS difference,
            consumed = classified + skipped + quarantined
                AND stored_alerts = classified + skipped - duplicates
                AND counted_classified = classified AND counted_skipped = skipped
                AND counted_quarantined = quarantined AND counted_duplicates = duplicates AS closes
        FROM account;
        """

    /// Of the columns that only version 1 had.
    static let initialViewComments: SQL = """
        COMMENT ON COLUMN night_summary.objects IS 'Different objects among them.';
        COMMENT ON COLUMN stream_account.stored_alerts IS 'Rows of alert: classified + skipped - duplicates.';
        """

    /// Of the views as every version has them.
    static let viewComments: SQL = """
        COMMENT ON VIEW object_latest IS
            'The latest classification of each object, by its newest alert; models in the role shadow are left out.';
        COMMENT ON COLUMN object_latest.object_id IS 'The survey''s name of the object.';
        COMMENT ON COLUMN object_latest.candid IS 'The object''s newest classified alert.';
        COMMENT ON COLUMN object_latest.jd IS 'Julian date of that alert, days.';
        COMMENT ON COLUMN object_latest.night IS 'Night of that alert.';
        COMMENT ON COLUMN object_latest.ra IS 'Right ascension, degrees, J2000.';
        COMMENT ON COLUMN object_latest.dec IS 'Declination, degrees, J2000.';
        COMMENT ON COLUMN object_latest.band IS 'Passband of that alert.';
        COMMENT ON COLUMN object_latest.magpsf IS 'Magnitude of the difference flux, AB.';
        COMMENT ON COLUMN object_latest.n_detections IS 'Rows of light curve in that alert.';
        COMMENT ON COLUMN object_latest.model IS 'Name of the model.';
        COMMENT ON COLUMN object_latest.model_id IS 'The model, see table model.';
        COMMENT ON COLUMN object_latest.top_class IS 'The class with the highest probability.';
        COMMENT ON COLUMN object_latest.top_probability IS 'Its probability.';
        COMMENT ON COLUMN object_latest.entropy IS 'Entropy of the probabilities, nats.';
        COMMENT ON COLUMN object_latest.probabilities IS 'One probability a class, in the order of model.classes.';

        COMMENT ON VIEW night_summary IS 'Classified alerts of each night by model and class.';
        COMMENT ON COLUMN night_summary.night IS 'The night, see alert.night.';
        COMMENT ON COLUMN night_summary.model IS 'Name of the model.';
        COMMENT ON COLUMN night_summary.model_id IS 'The model, see table model.';
        COMMENT ON COLUMN night_summary.top_class IS 'The class with the highest probability.';
        COMMENT ON COLUMN night_summary.alerts IS 'Alerts with this class.';
        COMMENT ON COLUMN night_summary.mean_probability IS 'Mean of the top probability over them.';

        COMMENT ON VIEW alert_latency IS
            'When each classified alert passed each stage; the times are those of its batch.';
        COMMENT ON COLUMN alert_latency.candid IS 'The alert.';
        COMMENT ON COLUMN alert_latency.object_id IS 'Its object.';
        COMMENT ON COLUMN alert_latency.night IS 'Its night.';
        COMMENT ON COLUMN alert_latency.model_id IS 'The model that classified it.';
        COMMENT ON COLUMN alert_latency.broker_timestamp IS 'Timestamp of its Kafka message.';
        COMMENT ON COLUMN alert_latency.received_at IS 'Its batch was received.';
        COMMENT ON COLUMN alert_latency.decoded_at IS 'Its batch was decoded.';
        COMMENT ON COLUMN alert_latency.classified_at IS 'Its batch was classified.';
        COMMENT ON COLUMN alert_latency.committed_at IS 'Its batch was committed, see batch.committed_at.';
        COMMENT ON COLUMN alert_latency.service_latency IS 'Kafka message timestamp to commit.';
        COMMENT ON COLUMN alert_latency.alert_age IS 'Observation (jd read as UTC) to commit.';

        COMMENT ON VIEW stream_account IS
            'The account of each partition: consumed = classified + skipped + quarantined, counted from the rows.';
        COMMENT ON COLUMN stream_account.topic IS 'Name of the Kafka topic.';
        COMMENT ON COLUMN stream_account.partition IS 'Kafka partition.';
        COMMENT ON COLUMN stream_account.next_offset IS 'Offset that comes next.';
        COMMENT ON COLUMN stream_account.consumed IS 'Alerts consumed, as the writer counted them.';
        COMMENT ON COLUMN stream_account.classified IS 'Rows of alert that have a classification.';
        COMMENT ON COLUMN stream_account.skipped IS 'Rows of skip, duplicates included.';
        COMMENT ON COLUMN stream_account.skipped_by_reason IS 'Rows of skip by reason.';
        COMMENT ON COLUMN stream_account.duplicates IS 'Rows of skip with the reason duplicate.';
        COMMENT ON COLUMN stream_account.quarantined IS 'Rows of quarantine.';
        COMMENT ON COLUMN stream_account.difference IS
            'consumed - classified - skipped - quarantined: 0 unless rows are missing.';
        COMMENT ON COLUMN stream_account.closes IS
            'True when the difference is 0, no alert lacks an outcome, and rows and counters agree.';
        """
}

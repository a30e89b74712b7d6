extension Migration {
    static let nightViews: SQL = """
        CREATE VIEW object_latest AS
        SELECT DISTINCT ON (a.object_id)
            a.object_id, a.candid, a.jd, a.night, a.ra, a.dec, a.band, a.magpsf, a.n_detections,
            m.name AS model, c.model_id, c.top_class, c.top_probability, c.entropy, c.probabilities
        FROM alert a
        JOIN classification c USING (candid, night)
        JOIN model m ON m.id = c.model_id
        WHERE m.role <> 'shadow'
        ORDER BY a.object_id, a.jd DESC NULLS LAST, a.candid DESC, c.model_id DESC;

        CREATE VIEW night_summary AS
        SELECT o.night, m.name AS model, o.model_id, o.name AS top_class, sum(o.alerts)::bigint AS alerts,
            sum(o.probability) / nullif(sum(o.alerts), 0) AS mean_probability
        FROM outcome_count o
        JOIN model m ON m.id = o.model_id
        WHERE o.kind = 'classified'
        GROUP BY o.night, m.name, o.model_id, o.name;

        CREATE VIEW alert_latency AS
        SELECT a.candid, a.object_id, a.night, c.model_id, a.broker_timestamp,
            b.received_at, b.decoded_at, b.classified_at, b.committed_at,
            b.committed_at - a.broker_timestamp AS service_latency,
            b.committed_at - to_timestamp((a.jd - 2440587.5) * 86400) AS alert_age
        FROM alert a
        JOIN classification c USING (candid, night)
        JOIN batch b ON b.id = c.batch_id;

        CREATE VIEW stream_account AS
        WITH reason AS (
            SELECT topic_id, partition, kind, name, sum(alerts)::bigint AS alerts, sum(retired)::bigint AS retired
            FROM outcome_count GROUP BY topic_id, partition, kind, name
        ), outcome AS (
            SELECT topic_id, partition,
                coalesce(sum(alerts) FILTER (WHERE kind = 'classified'), 0)::bigint AS classified,
                coalesce(sum(alerts) FILTER (WHERE kind = 'skipped'), 0)::bigint AS skipped,
                coalesce(sum(alerts) FILTER (WHERE kind = 'quarantined'), 0)::bigint AS quarantined,
                coalesce(sum(alerts) FILTER (WHERE kind = 'skipped' AND name = 'duplicate'), 0)::bigint AS duplicates,
                jsonb_object_agg(name, alerts) FILTER (WHERE kind = 'skipped') AS by_reason,
                sum(retired)::bigint AS retired
            FROM reason GROUP BY topic_id, partition
        ), account AS (
            SELECT t.name AS topic, o.partition, o.next_offset, o.consumed, coalesce(c.classified, 0) AS classified,
                coalesce(c.skipped, 0) AS skipped, coalesce(c.by_reason, '{}') AS skipped_by_reason,
                coalesce(c.duplicates, 0) AS duplicates, coalesce(c.quarantined, 0) AS quarantined,
                coalesce(c.retired, 0) AS retired, o.classified AS counted_classified, o.skipped AS counted_skipped,
                o.quarantined AS counted_quarantined, o.duplicates AS counted_duplicates
            FROM stream_offset o
            JOIN topic t ON t.id = o.topic_id
            LEFT JOIN outcome c USING (topic_id, partition)
        )
        SELECT topic, partition, next_offset, consumed, classified, skipped, skipped_by_reason, duplicates, quarantined,
            retired, consumed - classified - skipped - quarantined AS difference,
            consumed = classified + skipped + quarantined AND counted_classified = classified
                AND counted_skipped = skipped AND counted_quarantined = quarantined
                AND counted_duplicates = duplicates AS closes
        FROM account;
        """

    static let mismatchView: SQL = """
        CREATE VIEW account_mismatch AS
        WITH expected AS (
            SELECT topic_id, partition, night, kind, CASE WHEN kind = 'classified' THEN '' ELSE name END AS name,
                sum(alerts - retired)::bigint AS counted
            FROM outcome_count GROUP BY 1, 2, 3, 4, 5
        ), stored AS (
            SELECT a.topic_id, a.partition, a.night, 'classified' AS kind, '' AS name, count(*) AS stored
            FROM alert a
            WHERE EXISTS (SELECT FROM classification c WHERE c.candid = a.candid AND c.night = a.night)
            GROUP BY 1, 2, 3
            UNION ALL
            SELECT topic_id, partition, night, 'skipped', reason, count(*) FROM skip GROUP BY 1, 2, 3, 5
            UNION ALL
            SELECT topic_id, partition, '-infinity', 'quarantined', reason, count(*) FROM quarantine
            WHERE resolved_at IS NULL GROUP BY 1, 2, 5
        ), alerts AS (
            SELECT topic_id, partition, night, sum(alerts - retired)::bigint AS counted
            FROM outcome_count WHERE kind = 'classified' OR kind = 'skipped' AND name <> 'duplicate' GROUP BY 1, 2, 3
        ), stored_alerts AS (
            SELECT topic_id, partition, night, count(*) AS stored FROM alert GROUP BY 1, 2, 3
        ), comparison AS (
            SELECT topic_id, partition, night, kind, name, coalesce(counted, 0) AS counted, coalesce(stored, 0) AS stored
            FROM expected FULL JOIN stored USING (topic_id, partition, night, kind, name)
            UNION ALL
            SELECT topic_id, partition, night, 'alert', '', coalesce(counted, 0), coalesce(stored, 0)
            FROM alerts FULL JOIN stored_alerts USING (topic_id, partition, night)
        )
        SELECT t.name AS topic, c.partition, c.night, c.kind, c.name, c.counted, c.stored
        FROM comparison c LEFT JOIN topic t ON t.id = c.topic_id
        WHERE c.counted <> c.stored;
        """
}

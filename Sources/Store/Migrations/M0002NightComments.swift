extension Migration {
    static let nightComments: SQL = """
        COMMENT ON COLUMN alert.night IS
            'The survey''s night: ZTF the UTC date (nid), LSST the date of the evening (dayObs, turns at noon '
            'UTC); -infinity when jd is no date.';

        COMMENT ON TABLE classification IS 'What a model said of an alert; partitioned by night.';
        COMMENT ON COLUMN classification.candid IS 'The alert.';
        COMMENT ON COLUMN classification.batch_id IS 'The batch it was made in, see table batch.';
        COMMENT ON COLUMN classification.night IS 'The alert''s night.';
        COMMENT ON COLUMN classification.model_id IS 'The model, see table model.';
        COMMENT ON COLUMN classification.top_probability IS 'The highest probability.';
        COMMENT ON COLUMN classification.entropy IS
            'Entropy of the probabilities, nats: 0 certain, ln(classes) undecided.';
        COMMENT ON COLUMN classification.probabilities IS 'One probability a class, in the order of model.classes.';
        COMMENT ON COLUMN classification.top_class IS 'The class with the highest probability.';

        COMMENT ON TABLE skip IS
            'Alerts that were not classified, and why; the reason duplicate has no alert row of its own.';
        COMMENT ON COLUMN skip.candid IS 'The alert.';
        COMMENT ON COLUMN skip.kafka_offset IS 'Offset of its message.';
        COMMENT ON COLUMN skip.night IS 'The alert''s night.';
        COMMENT ON COLUMN skip.topic_id IS 'Topic of its message, see table topic.';
        COMMENT ON COLUMN skip.partition IS 'Partition of its message.';
        COMMENT ON COLUMN skip.alert_index IS 'Place of the alert within its message, from 0.';
        COMMENT ON COLUMN skip.reason IS 'Why; duplicate: the candid was already stored from another offset.';
        """

    static let nightAccountComments: SQL = """
        COMMENT ON TABLE candid_night IS
            'The night of each stored alert: what keeps a candid unique over all nights, and finds its partition.';
        COMMENT ON COLUMN candid_night.candid IS 'The alert.';
        COMMENT ON COLUMN candid_night.night IS 'Its night.';

        COMMENT ON TABLE object IS 'Every object of which an alert with a night was ever stored, also when that night was dropped since.';
        COMMENT ON COLUMN object.object_id IS 'The survey''s name of the object.';
        COMMENT ON COLUMN object.first_night IS 'The earliest night of its alerts.';

        COMMENT ON TABLE outcome_count IS
            'How many alerts of each partition and night had which outcome; kept when a night is dropped.';
        COMMENT ON COLUMN outcome_count.alerts IS 'Alerts with this outcome.';
        COMMENT ON COLUMN outcome_count.retired IS 'How many of them were dropped with their night.';
        COMMENT ON COLUMN outcome_count.probability IS 'Sum of the top probabilities; 0 for what was not classified.';
        COMMENT ON COLUMN outcome_count.night IS 'The alerts'' night; -infinity for what was quarantined.';
        COMMENT ON COLUMN outcome_count.topic_id IS 'Topic that brought them, see table topic.';
        COMMENT ON COLUMN outcome_count.partition IS 'Partition that brought them.';
        COMMENT ON COLUMN outcome_count.model_id IS 'The model that classified them; 0 for what was not classified.';
        COMMENT ON COLUMN outcome_count.kind IS 'classified, skipped or quarantined.';
        COMMENT ON COLUMN outcome_count.name IS 'The top class, or the reason.';

        COMMENT ON COLUMN quarantine.payload IS
            'The message''s bytes, the first MiB at most, compressed by the server (lz4, or pglz where it has no '
            'lz4); NULL for an alert that was decoded.';
        COMMENT ON COLUMN quarantine.resolved_at IS
            'When a retry stored its alerts; NULL while it is open. Resolved entries are no longer counted as '
            'quarantined.';
        COMMENT ON COLUMN quarantine.resolved_model_id IS 'The model that classified them then.';
        """

    static let nightViewComments: SQL = """
        COMMENT ON VIEW account_mismatch IS
            'Where the rows do not agree with outcome_count; empty when all is well. Counts every row, so it '
            'takes a while.';
        COMMENT ON COLUMN account_mismatch.topic IS 'Name of the Kafka topic.';
        COMMENT ON COLUMN account_mismatch.partition IS 'Kafka partition.';
        COMMENT ON COLUMN account_mismatch.night IS 'The night; -infinity for quarantine.';
        COMMENT ON COLUMN account_mismatch.kind IS 'alert (rows of the table), classified, skipped or quarantined.';
        COMMENT ON COLUMN account_mismatch.name IS 'The reason, for skipped and quarantined.';
        COMMENT ON COLUMN account_mismatch.counted IS 'How many outcome_count says there are.';
        COMMENT ON COLUMN account_mismatch.stored IS 'How many rows there are.';

        COMMENT ON VIEW stream_account IS
            'The account of each partition: consumed = classified + skipped + quarantined, from counts; '
            'account_mismatch compares those with the rows.';
        COMMENT ON COLUMN stream_account.consumed IS 'Alerts consumed; a message in quarantine counts as one.';
        COMMENT ON COLUMN stream_account.classified IS 'Alerts classified.';
        COMMENT ON COLUMN stream_account.skipped IS 'Alerts skipped, duplicates included.';
        COMMENT ON COLUMN stream_account.skipped_by_reason IS 'Alerts skipped, by reason.';
        COMMENT ON COLUMN stream_account.duplicates IS 'Alerts skipped because the candid was stored already.';
        COMMENT ON COLUMN stream_account.quarantined IS 'Messages and alerts in quarantine that are not resolved.';
        COMMENT ON COLUMN stream_account.closes IS
            'True when the difference is 0 and the writer''s two tallies, by partition and by outcome, agree.';
        COMMENT ON COLUMN stream_account.retired IS 'Outcomes whose rows were dropped with their night.';
        """
}

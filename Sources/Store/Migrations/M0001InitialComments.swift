extension Migration {
    static let initialAlertComments: SQL = """
        COMMENT ON TABLE alert IS
            'One row an alert that was decoded; a candid is stored once, whichever offset brought it.';
        COMMENT ON COLUMN alert.candid IS 'The alert''s id: ZTF candid, LSST diaSourceId.';
        COMMENT ON COLUMN alert.jd IS 'Julian date of the observation, days.';
        COMMENT ON COLUMN alert.ra IS 'Right ascension, degrees, J2000.';
        COMMENT ON COLUMN alert.dec IS 'Declination, degrees, J2000.';
        COMMENT ON COLUMN alert.kafka_offset IS 'Offset of the message that brought it.';
        COMMENT ON COLUMN alert.broker_timestamp IS 'Timestamp of that message; NULL when it had none.';
        COMMENT ON COLUMN alert.ingested_at IS 'Start of the transaction that stored it.';
        COMMENT ON COLUMN alert.night IS
            'The survey''s night: ZTF the UTC date (nid), LSST the date of the evening (dayObs, turns at noon UTC).';
        COMMENT ON COLUMN alert.magpsf IS 'Magnitude of the difference flux, AB.';
        COMMENT ON COLUMN alert.sigmapsf IS 'One-sigma error of magpsf, magnitudes.';
        COMMENT ON COLUMN alert.rb IS 'Real-bogus score of the random forest, 0 to 1.';
        COMMENT ON COLUMN alert.drb IS 'Real-bogus score of the deep network, 0 to 1.';
        COMMENT ON COLUMN alert.ndethist IS
            'Detections of the object since the survey began; NULL when the packet does not say.';
        COMMENT ON COLUMN alert.n_detections IS 'Rows of light curve in the packet, the alert''s own included.';
        COMMENT ON COLUMN alert.topic_id IS 'Topic that brought it, see table topic.';
        COMMENT ON COLUMN alert.partition IS 'Partition that brought it.';
        COMMENT ON COLUMN alert.alert_index IS 'Place of the alert within its message, from 0.';
        COMMENT ON COLUMN alert.survey IS 'The survey: 1 ZTF, 2 LSST.';
        COMMENT ON COLUMN alert.isdiffpos IS '1 brighter than the reference, -1 fainter, 0 unknown.';
        COMMENT ON COLUMN alert.band IS 'Passband: u, g, r, i, z or y.';
        COMMENT ON COLUMN alert.object_id IS 'The survey''s name of the object, as it stands in the packet.';
        """

    static let initialComments: SQL = """
        COMMENT ON TABLE migration IS 'Which changes of the schema were made.';
        COMMENT ON COLUMN migration.version IS 'Number of the change.';
        COMMENT ON COLUMN migration.name IS 'What it is.';
        COMMENT ON COLUMN migration.applied_at IS 'When it was made.';

        COMMENT ON TABLE topic IS 'Kafka topics, numbered so that rows stay small.';
        COMMENT ON COLUMN topic.id IS 'The number other tables use.';
        COMMENT ON COLUMN topic.name IS 'Name of the topic.';

        COMMENT ON TABLE model IS 'Models that classified or will.';
        COMMENT ON COLUMN model.id IS 'The number other tables use.';
        COMMENT ON COLUMN model.name IS 'Name; versions of one model share it.';
        COMMENT ON COLUMN model.sha256 IS 'SHA-256 of the model file, hexadecimal: what identifies a model.';
        COMMENT ON COLUMN model.preset IS 'The preprocessing it was trained with.';
        COMMENT ON COLUMN model.classes IS 'Its classes, in the order of classification.probabilities.';
        COMMENT ON COLUMN model.role IS 'active serves (one a name), shadow runs beside it, retired served once.';
        COMMENT ON COLUMN model.registered_at IS 'When it was first seen.';

        COMMENT ON TABLE batch IS 'One row a transaction of the writer: the times that all its alerts share.';
        COMMENT ON COLUMN batch.id IS 'Number of the batch.';
        COMMENT ON COLUMN batch.received_at IS 'Its messages were received.';
        COMMENT ON COLUMN batch.decoded_at IS 'Its alerts were decoded.';
        COMMENT ON COLUMN batch.classified_at IS 'Its alerts were classified.';
        COMMENT ON COLUMN batch.committed_at IS
            'The server''s clock in the last statement before the commit; the commit itself is not included.';
        COMMENT ON COLUMN batch.model_id IS 'The model that classified it.';
        COMMENT ON COLUMN batch.consumed IS 'Alerts it held, quarantined ones included.';

        COMMENT ON TABLE classification IS 'What a model said of an alert.';
        COMMENT ON COLUMN classification.candid IS 'The alert.';
        COMMENT ON COLUMN classification.batch_id IS 'The batch it was made in, see table batch.';
        COMMENT ON COLUMN classification.model_id IS 'The model, see table model.';
        COMMENT ON COLUMN classification.top_probability IS 'The highest probability.';
        COMMENT ON COLUMN classification.entropy IS
            'Entropy of the probabilities, nats: 0 certain, ln(classes) undecided.';
        COMMENT ON COLUMN classification.probabilities IS 'One probability a class, in the order of model.classes.';
        COMMENT ON COLUMN classification.top_class IS 'The class with the highest probability.';
        """

    static let initialAccountComments: SQL = """
        COMMENT ON TABLE skip IS
            'Alerts that were not classified, and why; the reason duplicate has no alert row of its own.';
        COMMENT ON COLUMN skip.candid IS 'The alert.';
        COMMENT ON COLUMN skip.kafka_offset IS 'Offset of its message.';
        COMMENT ON COLUMN skip.topic_id IS 'Topic of its message, see table topic.';
        COMMENT ON COLUMN skip.partition IS 'Partition of its message.';
        COMMENT ON COLUMN skip.alert_index IS 'Place of the alert within its message, from 0.';
        COMMENT ON COLUMN skip.reason IS 'Why; duplicate: the candid was already stored from another offset.';

        COMMENT ON TABLE quarantine IS 'Messages that could not be decoded and alerts that could not be stored.';
        COMMENT ON COLUMN quarantine.id IS 'Number of the entry.';
        COMMENT ON COLUMN quarantine.kafka_offset IS 'Offset of the message.';
        COMMENT ON COLUMN quarantine.broker_timestamp IS 'Timestamp of the message; NULL when it had none.';
        COMMENT ON COLUMN quarantine.quarantined_at IS 'When it was put here.';
        COMMENT ON COLUMN quarantine.payload_length IS
            'Length of the whole message, bytes; more than payload holds when it was cut.';
        COMMENT ON COLUMN quarantine.topic_id IS 'Topic of the message, see table topic.';
        COMMENT ON COLUMN quarantine.partition IS 'Partition of the message.';
        COMMENT ON COLUMN quarantine.alert_index IS 'Place of the alert within its message, -1 for the whole message.';
        COMMENT ON COLUMN quarantine.reason IS 'Kind of error.';
        COMMENT ON COLUMN quarantine.detail IS 'The error in words.';
        COMMENT ON COLUMN quarantine.payload IS
            'The message''s bytes, the first MiB at most; NULL for an alert that was decoded.';

        COMMENT ON TABLE stream_offset IS
            'How far each partition was consumed, who owns it, and the writer''s own count.';
        COMMENT ON COLUMN stream_offset.topic_id IS 'The topic, see table topic.';
        COMMENT ON COLUMN stream_offset.partition IS 'The partition.';
        COMMENT ON COLUMN stream_offset.next_offset IS 'Offset that comes next; NULL before the first batch.';
        COMMENT ON COLUMN stream_offset.generation IS 'Goes up with each claim; a writer with an older one is refused.';
        COMMENT ON COLUMN stream_offset.consumed IS 'Alerts consumed; a message that cannot be decoded counts as one.';
        COMMENT ON COLUMN stream_offset.classified IS 'Alerts classified.';
        COMMENT ON COLUMN stream_offset.skipped IS 'Alerts skipped, duplicates included.';
        COMMENT ON COLUMN stream_offset.quarantined IS 'Messages and alerts quarantined.';
        COMMENT ON COLUMN stream_offset.duplicates IS 'Alerts whose candid was already stored.';
        COMMENT ON COLUMN stream_offset.claimed_at IS 'When its owner claimed it.';
        COMMENT ON COLUMN stream_offset.updated_at IS 'When a batch was last written.';
        """
}

extension Migration {
    /// Tables by night, so that old nights can be dropped; counts of outcomes, so that the account need not be counted;
    /// what operators search by.
    static let nights = Migration(
        version: 2, name: "tables by night, counts of outcomes, cone search, resolved quarantine",
        statements: [
            nightTables, nightCounts, nightPartitions, nightRetirement, nightData, nightIndexes, coneSearch,
            nightViews, mismatchView, initialAlertComments, nightComments, nightAccountComments, viewComments, nightViewComments,
        ])

    // What has no night is -infinity and not NULL: it joins like any other, can be part of a primary key, and needs no
    // default partition, which would have to be locked against readers whenever a night is added. Text that is indexed
    // sorts by its bytes: comparing by a locale's rules costs more than the rest of the insertion.
    private static let nightTables: SQL = """
        DROP VIEW object_latest, night_summary, alert_latency, stream_account;
        ALTER TABLE alert RENAME TO alert_before;
        ALTER TABLE classification RENAME TO classification_before;
        ALTER TABLE skip RENAME TO skip_before;
        CREATE TABLE alert (
            candid bigint NOT NULL,
            jd double precision,
            ra double precision,
            dec double precision,
            kafka_offset bigint NOT NULL,
            broker_timestamp timestamptz,
            ingested_at timestamptz NOT NULL DEFAULT now(),
            night date NOT NULL,
            magpsf real,
            sigmapsf real,
            rb real,
            drb real,
            ndethist integer,
            n_detections integer NOT NULL,
            topic_id integer NOT NULL,
            partition integer NOT NULL,
            alert_index integer NOT NULL,
            survey smallint NOT NULL,
            isdiffpos smallint NOT NULL,
            band "char" NOT NULL,
            object_id text COLLATE "C" NOT NULL
        ) PARTITION BY RANGE (night);
        CREATE TABLE classification (
            candid bigint NOT NULL,
            batch_id bigint NOT NULL,
            night date NOT NULL,
            model_id integer NOT NULL,
            top_probability real NOT NULL,
            entropy real NOT NULL,
            probabilities real[] NOT NULL,
            top_class text COLLATE "C" NOT NULL
        ) PARTITION BY RANGE (night);
        CREATE TABLE skip (
            candid bigint NOT NULL,
            kafka_offset bigint NOT NULL,
            night date NOT NULL,
            topic_id integer NOT NULL,
            partition integer NOT NULL,
            alert_index integer NOT NULL,
            reason text NOT NULL
        ) PARTITION BY RANGE (night);
        """

    private static let nightCounts: SQL = """
        CREATE TABLE candid_night (
            candid bigint PRIMARY KEY,
            night date NOT NULL
        );
        CREATE TABLE object (
            object_id text COLLATE "C" PRIMARY KEY,
            first_night date NOT NULL
        );
        CREATE TABLE outcome_count (
            alerts bigint NOT NULL,
            retired bigint NOT NULL DEFAULT 0,
            probability double precision NOT NULL DEFAULT 0,
            night date NOT NULL,
            topic_id integer NOT NULL,
            partition integer NOT NULL,
            model_id integer NOT NULL,
            kind text COLLATE "C" NOT NULL CHECK (kind IN ('classified', 'skipped', 'quarantined')),
            name text COLLATE "C" NOT NULL,
            PRIMARY KEY (night, topic_id, partition, kind, name, model_id)
        ) WITH (fillfactor = 50);
        ALTER TABLE quarantine ADD resolved_at timestamptz, ADD resolved_model_id integer;
        DO $$ BEGIN
            ALTER TABLE quarantine ALTER payload SET COMPRESSION lz4;
        EXCEPTION WHEN feature_not_supported THEN
            NULL; -- a server built without lz4 compresses with its own pglz
        END $$;
        """

    // The rows of version 1. A skip has the night of its candid's alert, which is stored for every reason.
    private static let nightData: SQL = """
        SELECT make_night_partitions(array_agg(DISTINCT night)) FROM alert_before;
        INSERT INTO alert
        SELECT candid, jd, ra, dec, kafka_offset, broker_timestamp, ingested_at, coalesce(night, '-infinity'), magpsf,
            sigmapsf, rb, drb, ndethist, n_detections, topic_id, partition, alert_index, survey, isdiffpos, band,
            object_id
        FROM alert_before;
        INSERT INTO candid_night SELECT candid, night FROM alert ORDER BY candid;
        INSERT INTO object SELECT object_id, min(night) FROM alert WHERE isfinite(night) GROUP BY object_id ORDER BY object_id;
        INSERT INTO classification
        SELECT c.candid, c.batch_id, coalesce(k.night, '-infinity'), c.model_id, c.top_probability, c.entropy,
            c.probabilities, c.top_class
        FROM classification_before c LEFT JOIN candid_night k USING (candid);
        INSERT INTO skip
        SELECT s.candid, s.kafka_offset, coalesce(k.night, '-infinity'), s.topic_id, s.partition, s.alert_index, s.reason
        FROM skip_before s LEFT JOIN candid_night k USING (candid);
        DROP TABLE alert_before, classification_before, skip_before;
        INSERT INTO outcome_count (alerts, probability, night, topic_id, partition, model_id, kind, name)
        SELECT count(*), sum(c.top_probability), a.night, a.topic_id, a.partition, c.model_id, 'classified', c.top_class
        FROM alert a
        JOIN (SELECT DISTINCT ON (candid) * FROM classification ORDER BY candid, batch_id) c USING (candid)
        GROUP BY a.night, a.topic_id, a.partition, c.model_id, c.top_class
        UNION ALL
        SELECT count(*), 0, night, topic_id, partition, 0, 'skipped', reason FROM skip
        GROUP BY night, topic_id, partition, reason
        UNION ALL
        SELECT count(*), 0, '-infinity', topic_id, partition, 0, 'quarantined', reason FROM quarantine
        GROUP BY topic_id, partition, reason;
        """

    private static let nightIndexes: SQL = """
        ALTER TABLE alert ADD PRIMARY KEY (candid, night);
        ALTER TABLE classification ADD PRIMARY KEY (candid, model_id, night);
        ALTER TABLE skip ADD PRIMARY KEY (topic_id, partition, kafka_offset, alert_index, night);
        CREATE INDEX alert_object ON alert (object_id, jd);
        CREATE INDEX classification_class ON classification (top_class, top_probability);
        CREATE INDEX object_first_night ON object (first_night);
        DO $$ BEGIN
            -- The planner counts every night, also those that a query leaves out when it runs, so it would compile for
            -- 200 ms what takes 50.
            EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
        EXCEPTION WHEN insufficient_privilege THEN
            NULL; -- not the database's owner; queries are slower
        END $$;
        CREATE INDEX quarantine_open ON quarantine (reason) WHERE resolved_at IS NULL;
        """
}

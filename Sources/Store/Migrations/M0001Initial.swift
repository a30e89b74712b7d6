extension Migration {
    /// The first schema: what the stream brought, what the model said, and the account of both.
    static let initial = Migration(
        version: 1, name: "initial schema",
        statements: [
            initialTables, initialAccounting, initialIndexes, initialViews, initialAlertComments, initialComments,
            initialAccountComments, viewComments, initialViewComments,
        ])

    // Wide columns stand first, so that rows need no padding. There are no foreign keys on the tables that grow with
    // the stream: each would cost an index look-up a row, and the writer makes all rows of a batch in one transaction.
    private static let initialTables: SQL = """
        CREATE TABLE migration (
            version integer PRIMARY KEY,
            name text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE topic (
            id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text NOT NULL UNIQUE
        );
        CREATE TABLE model (
            id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text NOT NULL,
            sha256 text NOT NULL UNIQUE CHECK (sha256 ~ '^[0-9a-f]{64}$'),
            preset text NOT NULL,
            classes text[] NOT NULL CHECK (cardinality(classes) > 0),
            role text NOT NULL DEFAULT 'shadow' CHECK (role IN ('active', 'shadow', 'retired')),
            registered_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE batch (
            id bigserial PRIMARY KEY,
            received_at timestamptz,
            decoded_at timestamptz,
            classified_at timestamptz,
            committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            model_id integer NOT NULL,
            consumed integer NOT NULL
        );
        CREATE TABLE alert (
            candid bigint PRIMARY KEY,
            jd double precision,
            ra double precision,
            dec double precision,
            kafka_offset bigint NOT NULL,
            broker_timestamp timestamptz,
            ingested_at timestamptz NOT NULL DEFAULT now(),
            night date,
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
            object_id text NOT NULL
        );
        CREATE TABLE classification (
            candid bigint NOT NULL,
            batch_id bigint NOT NULL,
            model_id integer NOT NULL,
            top_probability real NOT NULL,
            entropy real NOT NULL,
            probabilities real[] NOT NULL,
            top_class text NOT NULL,
            PRIMARY KEY (candid, model_id)
        );
        """

    private static let initialAccounting: SQL = """
        CREATE TABLE skip (
            candid bigint NOT NULL,
            kafka_offset bigint NOT NULL,
            topic_id integer NOT NULL,
            partition integer NOT NULL,
            alert_index integer NOT NULL,
            reason text NOT NULL,
            PRIMARY KEY (topic_id, partition, kafka_offset, alert_index)
        );
        CREATE TABLE quarantine (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            kafka_offset bigint NOT NULL,
            broker_timestamp timestamptz,
            quarantined_at timestamptz NOT NULL DEFAULT now(),
            payload_length bigint,
            topic_id integer NOT NULL,
            partition integer NOT NULL,
            alert_index integer NOT NULL,
            reason text NOT NULL,
            detail text NOT NULL,
            payload bytea,
            UNIQUE (topic_id, partition, kafka_offset, alert_index)
        );
        CREATE TABLE stream_offset (
            topic_id integer NOT NULL REFERENCES topic,
            partition integer NOT NULL,
            next_offset bigint,
            generation bigint NOT NULL,
            consumed bigint NOT NULL DEFAULT 0,
            classified bigint NOT NULL DEFAULT 0,
            skipped bigint NOT NULL DEFAULT 0,
            quarantined bigint NOT NULL DEFAULT 0,
            duplicates bigint NOT NULL DEFAULT 0,
            claimed_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz,
            PRIMARY KEY (topic_id, partition)
        ) WITH (fillfactor = 50);
        """

    private static let initialIndexes: SQL = """
        CREATE UNIQUE INDEX model_one_active_a_name ON model (name) WHERE role = 'active';
        CREATE INDEX alert_object ON alert (object_id, jd);
        CREATE INDEX alert_night ON alert (night);
        """
}

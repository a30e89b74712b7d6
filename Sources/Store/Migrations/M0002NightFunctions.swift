extension Migration {
    // The service may not create tables, so the function runs as their owner; its search path is fixed, so that nobody
    // can put other tables in their place. An instance that finds nothing missing takes no lock. Attaching takes none
    // against readers or writers of the other nights.
    static let nightPartitions: SQL = """
        CREATE TABLE alert_unknown_night PARTITION OF alert FOR VALUES FROM (MINVALUE) TO ('0001-01-01');
        CREATE TABLE classification_unknown_night
            PARTITION OF classification FOR VALUES FROM (MINVALUE) TO ('0001-01-01');
        CREATE TABLE skip_unknown_night PARTITION OF skip FOR VALUES FROM (MINVALUE) TO ('0001-01-01');

        CREATE FUNCTION make_night_partitions(nights date[]) RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER AS $body$
        DECLARE
            missing date[];
            parent text;
            child text;
            n date;
        BEGIN
            -- A stream that is live: tomorrow's partitions are there before tomorrow.
            IF (SELECT max(u) FROM unnest(nights) AS u) >= current_date - 1 THEN
                nights := nights || ARRAY[current_date, current_date + 1, current_date + 2];
            END IF;
            SELECT array_agg(DISTINCT u ORDER BY u) INTO missing FROM unnest(nights) AS u
            WHERE isfinite(u) AND to_regclass('skip' || to_char(u, '_YYYYMMDD')) IS NULL;
            IF missing IS NULL THEN
                RETURN 0;
            END IF;
            PERFORM pg_advisory_xact_lock(1634760051, 2);
            FOREACH n IN ARRAY missing LOOP
                FOREACH parent IN ARRAY ARRAY['alert', 'classification', 'skip'] LOOP
                    child := parent || to_char(n, '_YYYYMMDD');
                    -- Another instance may have made it while this one waited.
                    CONTINUE WHEN to_regclass(child) IS NOT NULL;
                    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', child, parent);
                    EXECUTE format('COMMENT ON TABLE %I IS %L', child,
                        format('The night %s of table %s, which describes the columns.', n, parent));
                    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                        parent, child, n, n + 1);
                END LOOP;
            END LOOP;
            RETURN cardinality(missing);
        END $body$;
        DO $do$ BEGIN
            EXECUTE format('ALTER FUNCTION make_night_partitions(date[]) SET search_path = %I, pg_temp',
                current_schema());
        END $do$;
        REVOKE EXECUTE ON FUNCTION make_night_partitions(date[]) FROM PUBLIC;
        COMMENT ON FUNCTION make_night_partitions(date[]) IS
            'Makes the partitions of these nights, and of the next two when the stream is live; '
            'returns how many nights were missing.';
        """

    // Everything is counted before it goes, so that the account still closes; only the last step, dropping, shuts out
    // readers of other nights, for a moment.
    static let nightRetirement: SQL = """
        CREATE FUNCTION latest_night() RETURNS date LANGUAGE sql STABLE AS $body$
            SELECT night FROM outcome_count WHERE alerts > retired AND isfinite(night) ORDER BY night DESC LIMIT 1
        $body$;
        COMMENT ON FUNCTION latest_night() IS 'The newest night of which there are alerts.';

        CREATE FUNCTION retire_night(retired_night date) RETURNS bigint LANGUAGE plpgsql AS $body$
        DECLARE
            parent text;
            child text;
            dropped bigint;
        BEGIN
            PERFORM pg_advisory_xact_lock(1634760051, 2);
            FOREACH parent IN ARRAY ARRAY['alert', 'classification', 'skip'] LOOP
                child := parent || to_char(retired_night, '_YYYYMMDD');
                EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', child);
            END LOOP;
            SELECT count(*) INTO dropped FROM alert WHERE night = retired_night;
            UPDATE outcome_count o SET retired = o.retired + r.alerts
            FROM (
                SELECT a.topic_id, a.partition, 'classified' AS kind, c.top_class AS name, c.model_id,
                    count(*) AS alerts
                FROM alert a
                JOIN (
                    SELECT DISTINCT ON (candid) * FROM classification WHERE night = retired_night
                    ORDER BY candid, batch_id
                ) c USING (candid)
                WHERE a.night = retired_night
                GROUP BY a.topic_id, a.partition, c.top_class, c.model_id
                UNION ALL
                SELECT topic_id, partition, 'skipped', reason, 0, count(*) FROM skip WHERE night = retired_night
                GROUP BY topic_id, partition, reason
            ) r
            WHERE o.night = retired_night AND (o.topic_id, o.partition, o.kind, o.name, o.model_id)
                = (r.topic_id, r.partition, r.kind, r.name, r.model_id);
            DELETE FROM candid_night k USING alert a WHERE a.night = retired_night AND k.candid = a.candid;
            FOREACH parent IN ARRAY ARRAY['alert', 'classification', 'skip'] LOOP
                EXECUTE format('DROP TABLE %I', parent || to_char(retired_night, '_YYYYMMDD'));
            END LOOP;
            RETURN dropped;
        END $body$;
        REVOKE EXECUTE ON FUNCTION retire_night(date) FROM PUBLIC;
        COMMENT ON FUNCTION retire_night(date) IS
            'Drops a night''s partitions and remembers in outcome_count what they held; returns how many alerts.';
        """

    // Two ways to one answer. prepare_cone_search takes q3c when the server has it and the caller may use it; calling
    // it again after q3c was installed changes over. Not q3c_radial_query: it makes a hundred ranges when it is planned,
    // for each partition, which takes 40 times as long as the search (230 ms against 3 to 20 with 33 partitions).
    static let coneSearch: SQL = """
        CREATE FUNCTION separation(ra1 double precision, dec1 double precision, ra2 double precision,
            dec2 double precision) RETURNS double precision LANGUAGE sql IMMUTABLE AS $body$
            SELECT 2 * degrees(asin(least(1, sqrt(sin(radians(dec1 - dec2) / 2) ^ 2
                + cos(radians(dec1)) * cos(radians(dec2)) * sin(radians(ra1 - ra2) / 2) ^ 2)))) * 3600
        $body$;
        COMMENT ON FUNCTION separation(double precision, double precision, double precision, double precision) IS
            'Angle between two places in the sky (degrees), by the haversine formula; seconds of arc.';

        CREATE FUNCTION prepare_cone_search(may_use_q3c boolean DEFAULT true) RETURNS text LANGUAGE plpgsql AS $body$
        DECLARE
            condition text := 'a.dec BETWEEN at_dec - radius / 3600 AND at_dec + radius / 3600';
        BEGIN
            IF may_use_q3c AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'q3c') THEN
                BEGIN
                    CREATE EXTENSION IF NOT EXISTS q3c;
                EXCEPTION WHEN insufficient_privilege THEN
                    NULL; -- a superuser has to: CREATE EXTENSION q3c
                END;
            END IF;
            IF may_use_q3c AND EXISTS (SELECT FROM pg_extension WHERE extname = 'q3c') THEN
                condition := 'q3c_join(at_ra, at_dec, a.ra, a.dec, radius / 3600)';
                CREATE INDEX IF NOT EXISTS alert_q3c ON alert (q3c_ang2ipix(ra, dec));
                DROP INDEX IF EXISTS alert_dec;
            ELSE
                CREATE INDEX IF NOT EXISTS alert_dec ON alert (dec);
                DROP INDEX IF EXISTS alert_q3c;
            END IF;
            EXECUTE format($function$
                CREATE OR REPLACE FUNCTION cone(at_ra double precision, at_dec double precision, radius double precision)
                RETURNS TABLE (candid bigint, night date, object_id text, jd double precision, ra double precision,
                    "dec" double precision, band "char", magpsf real, separation double precision)
                LANGUAGE sql STABLE AS $sql$
                    SELECT a.candid, a.night, a.object_id, a.jd, a.ra, a.dec, a.band, a.magpsf,
                        separation(a.ra, a.dec, at_ra, at_dec)
                    FROM alert a
                    WHERE %s AND separation(a.ra, a.dec, at_ra, at_dec) <= radius
                $sql$ $function$, condition);
            COMMENT ON FUNCTION cone(double precision, double precision, double precision) IS
                'Alerts within radius (seconds of arc) of a place (degrees, J2000), and their separation from it.';
            RETURN CASE WHEN condition LIKE 'q3c%' THEN 'q3c' ELSE 'dec' END;
        END $body$;
        COMMENT ON FUNCTION prepare_cone_search(boolean) IS
            'Makes the index and the function for cone searches: q3c''s where it is installed, otherwise one on dec.';
        SELECT prepare_cone_search();
        """
}

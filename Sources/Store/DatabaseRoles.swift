/// Three roles that cannot log in; whoever logs in is made a member of one of them.
///
/// - `apus_owner`: owns the tables; migrates and drops nights.
/// - `apus_service`: what `apus run` needs, and nothing that deletes.
/// - `apus_operator`: reads.
public struct DatabaseRoles {
    public static let names = ["apus_owner", "apus_service", "apus_operator"]

    private let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// Creates the roles where they are missing, gives the tables to the owner and each role its rights; doing it again
    /// changes nothing.
    ///
    /// Needs a superuser, or a role that may create roles and owns the tables, and a database that was migrated.
    public func grant() throws(StoreError) {
        try connection.transaction { () throws(StoreError) in
            try connection.execute(Self.create)
            try connection.execute(Self.own)
            try connection.execute(Self.rights)
        }
    }

    // Roles belong to the whole server, so another database of it may have made them.
    private static let create: SQL = """
        DO $$
        DECLARE
            name text;
        BEGIN
            FOREACH name IN ARRAY ARRAY['apus_owner', 'apus_service', 'apus_operator'] LOOP
                BEGIN
                    IF to_regrole(name) IS NULL THEN EXECUTE format('CREATE ROLE %I NOLOGIN', name); END IF;
                EXCEPTION WHEN duplicate_object OR unique_violation THEN
                    NULL; -- another database's migration was faster
                END;
            END LOOP;
        END $$;
        """

    // Named one by one: the schema may hold tables that are not Apus's.
    private static let own: SQL = """
        DO $$
        DECLARE
            tables name[] := '{migration,topic,model,batch,alert,classification,skip,quarantine,stream_offset,
                candid_night,object,outcome_count,object_latest,night_summary,alert_latency,stream_account,
                account_mismatch}';
            functions name[] := '{make_night_partitions,retire_night,latest_night,prepare_cone_search,cone,separation}';
            here regnamespace := current_schema()::regnamespace;
            thing record;
        BEGIN
            EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO apus_owner', current_schema());
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO apus_service, apus_operator', current_schema());
            FOR thing IN
                SELECT c.oid::regclass AS name, c.relkind FROM pg_class c
                LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
                LEFT JOIN pg_class parent ON parent.oid = i.inhparent
                WHERE c.relnamespace = here AND c.relkind IN ('r', 'p', 'v')
                    AND coalesce(parent.relname, c.relname) = ANY (tables)
                ORDER BY c.oid
            LOOP
                EXECUTE format('ALTER %s %s OWNER TO apus_owner',
                    CASE thing.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, thing.name);
                EXECUTE format('GRANT SELECT ON %s TO apus_service, apus_operator', thing.name);
            END LOOP;
            FOR thing IN
                SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = here AND proname = ANY (functions)
            LOOP
                EXECUTE format('ALTER FUNCTION %s OWNER TO apus_owner', thing.name);
            END LOOP;
        END $$;
        """

    // ON CONFLICT and RETURNING need the right to read too. Rights on a partitioned table reach its partitions.
    private static let rights: SQL = """
        GRANT INSERT ON alert, classification, skip, candid_night, batch, topic TO apus_service;
        GRANT INSERT, UPDATE ON object, outcome_count, stream_offset TO apus_service;
        GRANT INSERT, UPDATE (role) ON model TO apus_service;
        GRANT INSERT, UPDATE (resolved_at, resolved_model_id) ON quarantine TO apus_service;
        GRANT USAGE ON SEQUENCE batch_id_seq TO apus_service;
        GRANT EXECUTE ON FUNCTION make_night_partitions(date[]) TO apus_service;
        """
}

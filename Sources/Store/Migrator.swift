/// Brings a database to the schema this Apus knows; several instances may try at once.
///
/// Each migration is one transaction together with its row in `migration`, under an advisory lock.
public struct Migrator {
    private let connection: Connection

    /// The number of the advisory lock: "apus" in ASCII.
    private static let lock = 0x6170_7573

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// The newest schema version this Apus knows.
    public var knownVersion: Int { Migration.all.last?.version ?? 0 }

    /// Applies what is missing and returns it; empty when the database is up to date.
    ///
    /// - Throws: `.newerDatabase` when the database is ahead of this Apus; `.configuration` when it is not in UTF-8.
    public func migrate() throws(StoreError) -> [Migration] {
        try migrate(upTo: knownVersion)
    }

    /// Stops at a version, as an older Apus did.
    package func migrate(upTo version: Int) throws(StoreError) -> [Migration] {
        guard try connection.query("SHOW server_encoding").scalar == "UTF8" else {
            throw .configuration(
                reason: "the database must be in UTF-8: create it with ENCODING 'UTF8' TEMPLATE template0")
        }
        var applied: [Migration] = []
        for migration in Migration.all.prefix(while: { $0.version <= version }) where try apply(migration) {
            applied.append(migration)
        }
        return applied
    }

    /// The database's schema version; 0 for an empty database.
    public func version() throws(StoreError) -> Int {
        guard try connection.query("SELECT to_regclass('migration')").scalar != nil else { return 0 }
        return Int(try connection.query("SELECT coalesce(max(version), 0) FROM migration").scalar ?? "") ?? 0
    }

    /// Throws `.olderDatabase` or `.newerDatabase` unless the database has exactly the version this Apus knows.
    public func check() throws(StoreError) {
        let version = try version()
        if version < knownVersion { throw .olderDatabase(version: version, known: knownVersion) }
        if version > knownVersion { throw .newerDatabase(version: version, known: knownVersion) }
    }

    /// Takes q3c for cone searches where the server has it, also when it was installed since; otherwise an index on dec.
    ///
    /// - Returns: "q3c" or "dec".
    public func prepareConeSearch() throws(StoreError) -> String {
        try connection.query("SELECT prepare_cone_search()").scalar ?? ""
    }

    /// What a migration makes belongs to whom the rest belongs to, not to the member of that role who logged in.
    private func becomeOwner() throws(StoreError) {
        _ = try connection.query(
            """
            SELECT set_config('role', pg_get_userbyid(relowner)::text, true) FROM pg_class
            WHERE oid = to_regclass('migration') AND relowner <> current_user::regrole
                AND pg_has_role(relowner, 'MEMBER')
            """)
    }

    private func apply(_ migration: Migration) throws(StoreError) -> Bool {
        try connection.transaction { () throws(StoreError) -> Bool in
            _ = try connection.query("SELECT pg_advisory_xact_lock($1::bigint)", [.integer(Self.lock)])
            try becomeOwner()
            let version = try version()
            guard version <= knownVersion else { throw .newerDatabase(version: version, known: knownVersion) }
            guard version < migration.version else { return false }
            for statement in migration.statements {
                try connection.execute(statement)
            }
            _ = try connection.query(
                "INSERT INTO migration (version, name) VALUES ($1, $2)",
                [.integer(migration.version), .text(migration.name)])
            return true
        }
    }
}

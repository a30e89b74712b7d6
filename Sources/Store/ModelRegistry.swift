/// The models a database knows.
public struct ModelRegistry {
    /// What a model does here.
    public enum Role: String, Sendable {
        /// Serves; one for each name.
        case active
        /// Runs beside the active one.
        case shadow
        /// Served once.
        case retired
    }

    /// A registered model, for people.
    public struct Entry: Equatable, Sendable {
        public let id: Int32
        public let name: String
        public let role: String
        public let preset: String
        public let classes: Int
        /// Alerts it classified, also those of nights that were dropped.
        public let alerts: Int64
        public let registeredAt: String
        public let sha256: String
    }

    private let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// The id of a model file, which is registered as a shadow when it is new; its SHA-256 (64 hexadecimal digits)
    /// identifies it.
    ///
    /// - Throws: `.configuration` when the same file is registered with another preset or other classes.
    public func register(name: String, sha256: String, preset: String, classes: [String]) throws(StoreError) -> Int32 {
        let names = ArrayColumn(.text)
        for name in classes { names.append(name) }
        _ = try connection.query(
            """
            INSERT INTO model (name, sha256, preset, classes) VALUES ($1, lower($2), $3, $4)
            ON CONFLICT (sha256) DO NOTHING
            """, [.text(name), .text(sha256), .text(preset), .array(names)])
        let row = try connection.query(
            "SELECT id, preset = $2 AND classes = $3 AS same FROM model WHERE sha256 = lower($1)",
            [.text(sha256), .text(preset), .array(names)])
        guard let id = row[0, "id"].flatMap({ Int32($0) }) else {
            throw .unexpectedAnswer(operation: "registering a model", reason: "the model is not there")
        }
        guard row[0, "same"] == "t" else {
            throw .configuration(
                reason: "model \(id) has this SHA-256 (\(sha256)) but another preset or other classes; "
                    + "the file and what is said of it do not belong together")
        }
        return id
    }

    /// Gives a model the role active; the active one of the same name, if it is another, is retired.
    ///
    /// - Throws: `.configuration` when there is no such model.
    public func activate(_ id: Int32) throws(StoreError) {
        try connection.transaction { () throws(StoreError) in
            _ = try connection.query(
                """
                UPDATE model SET role = 'retired'
                WHERE role = 'active' AND id <> $1 AND name = (SELECT name FROM model WHERE id = $1)
                """, [.integer(id)])
            try set(.active, of: id)
        }
    }

    /// All models, by name, the newest first.
    public func entries() throws(StoreError) -> [Entry] {
        let rows = try connection.query(
            """
            SELECT m.id, m.name, m.role, m.preset, cardinality(m.classes) AS classes, m.sha256,
                date_trunc('second', m.registered_at) AS registered_at,
                (SELECT coalesce(sum(o.alerts), 0)::bigint FROM outcome_count o
                    WHERE o.model_id = m.id AND o.kind = 'classified') AS alerts
            FROM model m ORDER BY m.name, m.id DESC
            """)
        return rows.rows.indices.map { row in
            func number(_ column: String) -> Int64 { rows[row, column].flatMap { Int64($0) } ?? 0 }
            func text(_ column: String) -> String { rows[row, column] ?? "" }
            return Entry(
                id: Int32(clamping: number("id")), name: text("name"), role: text("role"), preset: text("preset"),
                classes: Int(number("classes")), alerts: number("alerts"), registeredAt: text("registered_at"),
                sha256: text("sha256"))
        }
    }

    /// Retires a model.
    public func retire(_ id: Int32) throws(StoreError) {
        try set(.retired, of: id)
    }

    /// A model's classes, in the order of its probabilities.
    ///
    /// - Throws: `.configuration` when there is no such model.
    public func classes(of id: Int32) throws(StoreError) -> [String] {
        let names = try connection.query(
            """
            SELECT c.class FROM model, unnest(classes) WITH ORDINALITY AS c(class, place)
            WHERE id = $1 ORDER BY c.place
            """, [.integer(id)])
        guard !names.rows.isEmpty else { throw Self.unknown(id) }
        return names.rows.map { ($0.first ?? nil) ?? "" }
    }

    private func set(_ role: Role, of id: Int32) throws(StoreError) {
        let changed = try connection.query(
            "UPDATE model SET role = $2 WHERE id = $1 RETURNING id", [.integer(id), .text(role.rawValue)])
        guard !changed.rows.isEmpty else { throw Self.unknown(id) }
    }

    private static func unknown(_ id: Int32) -> StoreError {
        .configuration(reason: "there is no model \(id) in the database; register it first")
    }
}

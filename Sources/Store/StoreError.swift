/// What can go wrong between Apus and PostgreSQL; `isRetriable` tells an outage from a fault.
public enum StoreError: Error, Equatable, Sendable {
    /// The connection string or an argument cannot be used as it is.
    case configuration(reason: String)
    /// No connection could be made; `sqlState` is nil when the server was not reached.
    case unreachable(endpoint: String, sqlState: SQLState?, reason: String)
    /// The connection broke while `operation` ran; whether it took effect is unknown.
    case connectionLost(operation: String, reason: String)
    /// The server refused `operation`.
    case server(operation: String, sqlState: SQLState, message: String)
    /// The database was migrated by a newer Apus than this one.
    case newerDatabase(version: Int, known: Int)
    /// The database lacks migrations that this Apus needs.
    case olderDatabase(version: Int, known: Int)
    /// Another instance claimed the partition since; nothing of the batch was written.
    case fenced(topic: String, partition: Int32, generation: Int64, current: Int64)
    /// The batch does not begin where the partition stands; nothing of it was written.
    case outOfOrder(topic: String, partition: Int32, firstOffset: Int64, nextOffset: Int64)
    /// The batch contradicts itself; nothing of it was written.
    case invalidBatch(reason: String)
    /// The server answered something this code does not understand.
    case unexpectedAnswer(operation: String, reason: String)

    /// True for an outage: the same call can succeed later, unchanged.
    public var isRetriable: Bool {
        switch self {
        case .connectionLost: true
        case .unreachable(_, let sqlState, _): sqlState?.isRetriable ?? true
        case .server(_, let sqlState, _): sqlState.isRetriable
        case .configuration, .newerDatabase, .olderDatabase, .fenced, .outOfOrder, .invalidBatch, .unexpectedAnswer:
            false
        }
    }

    /// True when the values that were sent are at fault.
    public var isDataError: Bool {
        if case .server(_, let sqlState, _) = self { sqlState.isDataError } else { false }
    }

    /// The server's or libpq's error code, where there is one.
    public var sqlState: SQLState? {
        switch self {
        case .unreachable(_, let sqlState, _): sqlState
        case .server(_, let sqlState, _): sqlState
        default: nil
        }
    }
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .configuration(let reason):
            return reason
        case .unreachable(let endpoint, let sqlState, let reason):
            return "no connection to PostgreSQL at \(endpoint): \(reason)\(Self.advice(sqlState))"
        case .connectionLost(let operation, let reason):
            return "the connection to PostgreSQL was lost during \(operation): \(reason); reconnect and repeat"
        case .server(let operation, let sqlState, let message):
            return "PostgreSQL refused \(operation) [\(sqlState)]: \(message)\(Self.advice(sqlState))"
        case .newerDatabase(let version, let known):
            return "the database is at schema version \(version), this apus knows versions up to \(known):"
                + " run a newer apus, or another database"
        case .olderDatabase(let version, let known):
            return "the database is at schema version \(version), this apus needs \(known): run `apus migrate`"
        case .fenced(let topic, let partition, let generation, let current):
            return "partition \(partition) of \(topic) was claimed by another instance (generation \(current), this one"
                + " holds \(generation)): its batches must be dropped here, the other instance has them"
        case .outOfOrder(let topic, let partition, let first, let next):
            return "a batch of partition \(partition) of \(topic) begins at offset \(first), the database continues at"
                + " \(next): seek to \(next)"
        case .invalidBatch(let reason):
            return "a batch of results contradicts itself: \(reason)"
        case .unexpectedAnswer(let operation, let reason):
            return "unexpected answer to \(operation): \(reason)"
        }
    }

    private static func advice(_ sqlState: SQLState?) -> String {
        switch sqlState?.code {
        case nil: "; is the server running, and is the address right?"
        case "28000", "28P01": "; check user, password file and pg_hba.conf"
        case "3D000": "; create the database first"
        case "42501": "; grant the role this right"
        case "42P01", "42703": "; run `apus migrate`"
        case "53100": "; free disk space on the server"
        case "53300": "; raise max_connections or close other clients"
        case "25006": "; connect to the primary (target_session_attrs=read-write)"
        default: ""
        }
    }
}

/// PostgreSQL's five-character error code, and what Apus makes of it.
///
/// Codes and classes: PostgreSQL documentation, appendix A.
public struct SQLState: Hashable, Sendable {
    public let code: String

    public init(_ code: String) {
        self.code = code
    }

    /// The first two characters: the kind of error.
    public var errorClass: Substring { code.prefix(2) }

    /// An outage or a lost race: the same statement can succeed later, unchanged.
    public var isRetriable: Bool {
        switch errorClass {
        case "08", "53", "58": true  // connection, resources (disk full, too many clients), system error
        default: Self.retriableCodes.contains(code)
        }
    }

    /// The values are at fault: the same statement fails for ever, and an outage never looks like this.
    public var isDataError: Bool {
        switch errorClass {
        case "22", "23", "44", "54", "P0": true  // data, constraint, check option, limits, raised by a trigger
        default: false
        }
    }

    static let serializationFailure = SQLState("40001")

    private static let retriableCodes: Set<String> = [
        "25006",  // read-only transaction: what a failover to a standby looks like
        "25P03",  // idle-in-transaction timeout
        "40000", "40001", "40003", "40P01",  // rolled back, serialisation, completion unknown, deadlock
        "55P03",  // lock timeout
        "57014",  // statement timeout, or cancelled by an operator
        "57P01", "57P02", "57P03", "57P05",  // shutdown, crash, starting up, idle session
    ]
}

extension SQLState: CustomStringConvertible {
    public var description: String { code }
}

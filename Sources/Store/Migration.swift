/// One numbered change of the schema.
public struct Migration: Sendable {
    public let version: Int
    public let name: String
    let statements: [SQL]

    /// All of them, in order; the last one's version is what this Apus knows.
    public static let all: [Migration] = [.initial, .nights]

    init(version: Int, name: String, statements: [SQL]) {
        self.version = version
        self.name = name
        self.statements = statements
    }
}

/// What one batch added to the database: consumed = classified + skipped + quarantined.
public struct WriteSummary: Equatable, Sendable {
    public internal(set) var classified = 0
    /// Duplicates included.
    public internal(set) var skipped = 0
    /// Messages that could not be decoded and alerts that could not be stored.
    public internal(set) var quarantined = 0
    /// Skipped because the candid was already stored, or came earlier in the same batch.
    public internal(set) var duplicates = 0
    /// `skipped` by reason.
    public internal(set) var skippedByReason: [String: Int] = [:]
    /// `quarantined` by reason.
    public internal(set) var quarantinedByReason: [String: Int] = [:]
    /// The server's clock just before the commit, milliseconds since 1970; nil when nothing was written.
    public internal(set) var committedAtMs: Int64?
    /// The database already had the whole batch, for instance because an earlier commit's answer was lost: nothing was
    /// written.
    public internal(set) var wasAlreadyWritten = false

    public var consumed: Int { classified + skipped + quarantined }

    public init() {}
}

/// What became of the alerts of a stream; `consumed` always equals the sum of the outcomes.
public struct StreamCounters: Sendable, Equatable {
    /// Kafka messages read.
    public var messages = 0
    public var bytes = 0
    public var classified = 0
    /// Alerts not classified, by the reason's name.
    public var skipped: [String: Int] = [:]
    /// Messages that could not be decoded, by the kind of error.
    public var quarantined: [String: Int] = [:]
    public var batches = 0

    public init() {}

    public var skippedTotal: Int { skipped.values.reduce(0, +) }
    public var quarantinedTotal: Int { quarantined.values.reduce(0, +) }
    public var consumed: Int { classified + skippedTotal + quarantinedTotal }

    public static func += (left: inout StreamCounters, right: StreamCounters) {
        left.messages += right.messages
        left.bytes += right.bytes
        left.classified += right.classified
        left.skipped.merge(right.skipped, uniquingKeysWith: +)
        left.quarantined.merge(right.quarantined, uniquingKeysWith: +)
        left.batches += right.batches
    }
}

/// What a consumer asks and tells its owner. All but `log` are called by the thread that polls or closes, inside that
/// call; they must not call the consumer's `poll` or `close`.
public struct ConsumerHandlers: Sendable {
    /// Asked when partitions are assigned: the next offset of each, where one is known. While it throws, the partitions
    /// are not read, `poll` throws `startOffsetsUnavailable`, and the next poll asks again.
    public var startOffsets: @Sendable ([TopicPartition]) throws -> [TopicPartition: Int64]
    /// Told before partitions are given up; `isLost` when they may already be another member's. What was delivered
    /// of them and is not yet stored has to be finished or dropped before this returns.
    public var revoked: @Sendable (_ partitions: [TopicPartition], _ isLost: Bool) -> Void
    /// librdkafka's log; from any thread. Without it the log is dropped.
    public var log: (@Sendable (KafkaLogLine) -> Void)?
    /// librdkafka's statistics as JSON, if the setting `statistics.interval.ms` asks for them.
    public var statistics: (@Sendable (String) -> Void)?

    public init(
        startOffsets: @escaping @Sendable ([TopicPartition]) throws -> [TopicPartition: Int64] = { _ in [:] },
        revoked: @escaping @Sendable (_ partitions: [TopicPartition], _ isLost: Bool) -> Void = { _, _ in },
        log: (@Sendable (KafkaLogLine) -> Void)? = nil,
        statistics: (@Sendable (String) -> Void)? = nil
    ) {
        self.startOffsets = startOffsets
        self.revoked = revoked
        self.log = log
        self.statistics = statistics
    }
}

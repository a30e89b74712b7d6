import CRdkafka

/// Which broker and topics to use, and how.
public struct KafkaConfiguration: Sendable {
    /// Where a consumer starts in a partition for which no offset is known.
    public enum FirstOffset: Sendable {
        case earliest, latest
    }

    /// `host:port`, several separated by commas.
    public var brokers: String
    /// The consumer group. Without one a consumer takes all partitions that its topics have when it is made.
    public var groupId: String?
    /// Topic names; with a group also regular expressions that begin with `^`.
    public var topics: [String]
    public var firstOffset: FirstOffset
    /// librdkafka's own settings by name, such as `security.protocol`; they override the defaults below.
    public var settings: [(name: String, value: String)]

    public init(
        brokers: String, groupId: String? = nil, topics: [String] = [], firstOffset: FirstOffset = .earliest,
        settings: [(name: String, value: String)] = []
    ) {
        self.brokers = brokers
        self.groupId = groupId
        self.topics = topics
        self.firstOffset = firstOffset
        self.settings = settings
    }

    /// Settings that the fields above or this module's own duties decide.
    public static let reservedSettings = [
        "bootstrap.servers", "metadata.broker.list", "group.id", "enable.auto.commit", "enable.auto.offset.store",
        "enable.partition.eof",
    ]

    /// Throws `invalidSetting` for what librdkafka does not take; connects to nothing.
    public func validate() throws(StreamingError) {
        let configuration = rd_kafka_conf_new()
        defer { rd_kafka_conf_destroy(configuration) }
        for (name, value) in try consumerSettings() {
            try KafkaHandle.set(configuration, name, value)
        }
    }

    func consumerSettings() throws(StreamingError) -> [(name: String, value: String)] {
        // librdkafka wants a group id even where no group is joined; this one is never sent to a broker.
        [("group.id", groupId ?? "apus-without-group")]
            + [
                // The offsets that count are the database's; the group's are committed by hand, for lag tools.
                ("enable.auto.commit", "false"),
                ("enable.auto.offset.store", "false"),
                ("enable.partition.eof", "true"),
                // A stored offset that the log no longer has must not become a silent jump.
                ("auto.offset.reset", "error"),
                ("partition.assignment.strategy", "range"),
                // At librdkafka's 1000 a full prefetch queue stops fetching for up to a second.
                ("fetch.queue.backoff.ms", "10"),
                ("queued.max.messages.kbytes", "131072"),
            ] + (try commonSettings())
    }

    func producerSettings() throws(StreamingError) -> [(name: String, value: String)] {
        try commonSettings()
    }

    private func commonSettings() throws(StreamingError) -> [(name: String, value: String)] {
        for (name, value) in settings where Self.reservedSettings.contains(name) {
            throw .invalidSetting(name: name, value: value, reason: "Apus sets it itself")
        }
        return [("bootstrap.servers", brokers), ("client.id", "apus")] + settings
    }
}

public import Alerts

/// What the messages of one batch became; filled by a worker, written in one transaction, then emptied and filled
/// again.
///
/// `alerts`, `sources`, `outcomes` and `detectionCounts` are parallel: one entry a decoded alert, in any order.
public struct ResultBatch: Sendable {
    /// Where an alert comes from.
    public struct Source: Equatable, Sendable {
        /// `StreamOffsets.Claim.topicId`.
        public var topicId: Int32
        public var partition: Int32
        public var offset: Int64
        /// Place of the alert within its message, from 0; `wholeMessage` for a message that was not decoded.
        public var alertIndex: Int32
        /// Timestamp of the message, milliseconds since 1970; negative when it has none.
        public var timestampMs: Int64

        public static let wholeMessage: Int32 = -1

        public init(topicId: Int32, partition: Int32, offset: Int64, alertIndex: Int32, timestampMs: Int64) {
            self.topicId = topicId
            self.partition = partition
            self.offset = offset
            self.alertIndex = alertIndex
            self.timestampMs = timestampMs
        }
    }

    public enum Outcome: Sendable {
        /// The alert's row of `probabilities`, from 0.
        case classified(row: Int32)
        /// Why the alert was not classified, as one lower_case_word; "duplicate" is the writer's own.
        case skipped(String)
    }

    /// A message that could not be decoded.
    public struct Quarantined: Sendable {
        public var source: Source
        /// The kind of error, as one lower_case_word.
        public var reason: String
        /// The error in words.
        public var detail: String
        /// The message's first `payloadLimit` bytes at most.
        public private(set) var payload: [UInt8]
        /// The message's whole length, bytes.
        public private(set) var payloadLength: Int

        public init(source: Source, reason: String, detail: String, payload: UnsafeRawBufferPointer) {
            self.source = source
            self.reason = reason
            self.detail = detail
            self.payload = Array(payload.prefix(ResultBatch.payloadLimit))
            payloadLength = payload.count
        }
    }

    /// The offsets of one partition that the batch covers.
    public struct OffsetRange: Equatable, Sendable {
        public var topicId: Int32
        public var partition: Int32
        /// Of the claim under which the messages were read.
        public var generation: Int64
        /// Where the previous batch of the partition ended (or the claim stood). Not the first message's offset, which
        /// can be higher, because a log has gaps where it was compacted or holds transaction markers.
        public var firstOffset: Int64
        /// One more than the last message's offset.
        public var nextOffset: Int64

        public init(topicId: Int32, partition: Int32, generation: Int64, firstOffset: Int64, nextOffset: Int64) {
            self.topicId = topicId
            self.partition = partition
            self.generation = generation
            self.firstOffset = firstOffset
            self.nextOffset = nextOffset
        }
    }

    /// How much of a quarantined message is kept, bytes.
    public static let payloadLimit = 1 << 20

    public private(set) var alerts: [Alert] = []
    public private(set) var sources: [Source] = []
    public private(set) var outcomes: [Outcome] = []
    /// Rows of light curve each alert came with.
    public private(set) var detectionCounts: [Int32] = []
    /// (classified alerts, classes), row-major.
    public var probabilities: [Float] = []
    public var quarantined: [Quarantined] = []
    /// One entry a partition. A batch without any is not written at all.
    public var offsets: [OffsetRange] = []
    /// When the messages were received, decoded and classified, milliseconds since 1970; nil when that is not known.
    public var receivedAtMs: Int64?
    public var decodedAtMs: Int64?
    public var classifiedAtMs: Int64?

    public init() {}

    public var count: Int { alerts.count }

    /// Adds an alert; its light curve's length is that of `alert.observations`.
    public mutating func append(_ alert: Alert, from source: Source, outcome: Outcome) {
        alerts.append(alert)
        sources.append(source)
        outcomes.append(outcome)
        detectionCounts.append(Int32(clamping: alert.observations.count))
    }

    /// Empties the batch and keeps its memory.
    public mutating func removeAll() {
        alerts.removeAll(keepingCapacity: true)
        sources.removeAll(keepingCapacity: true)
        outcomes.removeAll(keepingCapacity: true)
        detectionCounts.removeAll(keepingCapacity: true)
        probabilities.removeAll(keepingCapacity: true)
        quarantined.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        receivedAtMs = nil
        decodedAtMs = nil
        classifiedAtMs = nil
    }
}

public import Streaming
import Alerts
public import AvroCoding
import Dispatch

/// Sends the alerts of files to a topic by a schedule, and says how well it kept it.
public struct Replay: ~Copyable {
    /// What was sent.
    public struct Summary: Codable, Sendable {
        public var messages = 0
        public var bytes = 0
        /// Messages that are no alert this release can decode; they are sent as they are.
        public var undecodable = 0
        /// First send to last acknowledgement.
        public var seconds = 0.0
        public var messagesPerSecond = 0.0
        /// How far behind its intended time the latest message was handed to the client, milliseconds.
        public var largestLagMs = 0.0

        public init() {}
    }

    private let paths: [String]
    private let topic: String
    private let repeats: Int
    private let producer: Producer
    private var schedule: ReplaySchedule
    private let decoder: AlertDecoder
    private let rewriter = RecordRewriter()
    private var batch = AlertBatch()
    private var summary = Summary()

    /// A night later with each repetition, so that the copies are new observations.
    private static let repetitionDays = 1.0
    /// A copy's candid is as far from the original: ZTF's candid counts the day since 2017 in units of 10^15.
    private static let repetitionCandids: Int64 = 1_000_000_000_000_000
    private static let flushTimeoutMs = 60_000

    /// - Parameter schemas: where the schemas of messages are that do not hold their own; an alert whose schema is not
    ///   there is sent without a key.
    public init(
        paths: [String], topic: String, kafka: KafkaConfiguration, schedule: ReplaySchedule, repeats: Int = 1,
        schemas: SchemaSource = SchemaSource()
    ) throws {
        self.paths = paths
        self.topic = topic
        self.repeats = repeats
        decoder = AlertDecoder(schemas: schemas)
        self.schedule = schedule
        producer = try Producer(kafka)
    }

    /// Sends everything and waits until the broker has it; throws when it does not take a message.
    ///
    /// - Parameter progress: called with the number of messages handed over.
    public mutating func run(progress: (Int) -> Void = { _ in }) throws -> Summary {
        let start = DispatchTime.now().uptimeNanoseconds
        var message: [UInt8] = []
        var copy: [UInt8] = []
        for repetition in 0..<repeats {
            var source = try AlertSource(paths: paths)
            while try source.next(into: &message) {
                let alert = read(message)
                if let alert, repetition > 0 {
                    try rewriter.rewrite(
                        message.span.bytes, candid: alert.candid &+ Int64(repetition) &* Self.repetitionCandids,
                        jdShift: Double(repetition) * Self.repetitionDays, into: &copy)
                    try send(copy, alert, start: start)
                } else {
                    try send(message, alert, start: start)
                }
                progress(summary.messages)
            }
        }
        try producer.flush(timeoutMs: Self.flushTimeoutMs)
        summary.seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
        summary.messagesPerSecond = summary.seconds > 0 ? Double(summary.messages) / summary.seconds : 0
        return summary
    }

    /// The message's alert; nil when it cannot be decoded, and then it is sent as it is, for the stream's consumer to judge.
    private mutating func read(_ message: [UInt8]) -> Alert? {
        batch.removeAll()
        do throws(AvroError) {
            _ = try decoder.decode(message.span.bytes, into: &batch)
        } catch {
            summary.undecodable += 1
        }
        return batch.alerts.first
    }

    private mutating func send(_ message: [UInt8], _ alert: Alert?, start: UInt64) throws {
        let intended = start + UInt64(schedule.next())
        var now = DispatchTime.now().uptimeNanoseconds
        if now < intended {
            _ = DispatchSemaphore(value: 0).wait(timeout: DispatchTime(uptimeNanoseconds: intended))
            now = DispatchTime.now().uptimeNanoseconds
        }
        summary.largestLagMs = max(summary.largestLagMs, Double(now - min(now, intended)) * 1e-6)
        // Keyed by object, so that one partition has all alerts of an object, in order.
        let key = alert.map { alert in alert.objectId.withUTF8 { Array($0) } }
        try producer.produce(topic: topic, key: key, payload: message)
        summary.messages += 1
        summary.bytes += message.count
    }
}

public import Alerts
import AvroCoding

/// The messages of a simulated stream as a producer would send them: one Avro container an alert, a stated part of them
/// damaged.
///
/// Messages come in order of time. One owner, one thread; the buffers inside are reused.
public struct SimulatedStream {
    /// What is true of one message, damaged or not.
    public struct Message: Sendable, Equatable {
        public var candid: Int64
        public var objectId: ObjectId
        /// Julian date of the observation, days.
        public var jd: Double
        public var kind: SimulatedKind
        public var damage: PacketDamage.Kind?
    }

    public private(set) var damage: PacketDamage
    private var simulator: Simulator
    private var encoder = AlertEncoder(publisher: Self.publisher, schemaVersion: Self.schemaVersion)
    private var batch = AlertBatch()

    /// Says in every packet that it is not the survey's.
    static let publisher = "Apus simulator"
    static let schemaVersion = "3.3"

    public init(configuration: SimulatorConfiguration) throws(WorkloadError) {
        simulator = try Simulator(configuration: configuration)
        damage = PacketDamage(seed: configuration.seed, fraction: configuration.badPacketFraction)
    }

    public var configuration: SimulatorConfiguration { simulator.configuration }

    /// Replaces `bytes` by the next message and says what it holds; nil after the last.
    public mutating func next(into bytes: inout [UInt8]) throws(WorkloadError) -> Message? {
        batch.removeAll()
        guard let kind = simulator.next(into: &batch), let alert = batch.alerts.last else { return nil }
        do {
            try encoder.encodeMessage(alert, batch.detections, into: &bytes)
        } catch {
            throw .encoding(reason: "\(error)")
        }
        let damage = damage.apply(to: &bytes)
        return Message(candid: alert.candid, objectId: alert.objectId, jd: alert.jd, kind: kind, damage: damage)
    }
}

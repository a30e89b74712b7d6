public import Alerts
import Foundation

/// A seeded, synthetic stream of ZTF alerts in order of time.
///
/// A workload generator: it gives a broker packets of plausible size, history, noise, repetition and kinds. It is not a
/// training set and no measure of a classifier; the shapes and their sources are at `LightCurve`, `TransientShape` and
/// `ObservingSchedule`.
///
/// Objects come into view one after another, are observed in their cadence until they fade, and every detection makes
/// an alert, whose history holds the exposures of the 30 days before. Memory grows with the objects in view, not with
/// the alerts made: an object is dropped once its last exposure inside the simulated nights is done. With one night
/// that is about a quarter of the number of alerts.
///
/// The stream depends on its configuration only. Values go through the C library's exp and log, so the last bit, and
/// with it the bytes, may differ from one platform to another.
public struct Simulator: Sendable {
    public let configuration: SimulatorConfiguration
    /// Alerts made so far.
    public private(set) var emitted = 0

    private let schedule: ObservingSchedule
    private let factory: ObjectFactory
    private var generator: SeededGenerator
    private var night = 0
    private var clearNightsPassed = 0
    private let clearNightCount: Int
    private var clock: Double
    /// When the next object comes into view; nil when it has to be drawn.
    private var arrival: Double?
    private var objects: [SimulatedObject?] = []
    private var freeSlots: [Int] = []
    private var queue = VisitQueue()
    /// Queued visits by night.
    private var due: [Int]
    private var serial: UInt64 = 0
    private var lastCandid: Int64 = 0

    /// Nights in which objects of every age are new to the simulation: the longest interval of a cadence.
    private static let firstNights = 4
    /// Mean alerts a night from an object that returns and from one that comes into view; they only steer how many
    /// objects appear.
    private static let alertsPerReturn = 0.8
    /// Low in the last night, so that it is complete a little before its end and not long after it.
    private static let alertsPerReturnAtLast = 0.5
    private static let alertsPerEntry = 1.2

    public init(configuration: SimulatorConfiguration) throws(WorkloadError) {
        try configuration.validate()
        self.configuration = configuration
        schedule = ObservingSchedule(
            seed: configuration.seed, startJd: configuration.startJd, nights: configuration.nights)
        factory = ObjectFactory(schedule: schedule, mix: configuration.mix)
        generator = SeededGenerator(seed: configuration.seed)
        clock = configuration.startJd
        due = Array(repeating: 0, count: configuration.nights)
        clearNightCount = (0..<configuration.nights).count(where: schedule.isClear)
    }

    /// Objects that are kept because they will be observed again.
    public var activeObjectCount: Int { objects.count - freeSlots.count }

    /// Appends the next alert to `batch` and says what its object really is; nil, and nothing appended, after the last.
    public mutating func next(into batch: inout AlertBatch) -> SimulatedKind? {
        guard emitted < configuration.alertCount else { return nil }
        while true {
            let tonight = queue.first.flatMap { $0.visit.night == night ? $0 : nil }
            if arrival == nil { arrival = drawArrival() }
            let kind: SimulatedKind?
            if let tonight, tonight.jd <= arrival ?? .infinity {
                kind = observeQueued(into: &batch)
            } else if let jd = arrival {
                arrival = nil
                kind = admit(at: jd, into: &batch)
            } else {
                startNextNight()
                kind = nil
            }
            if let kind {
                emitted += 1
                return kind
            }
        }
    }

    // MARK: - Nights

    /// Alerts wanted by the end of this night.
    private var target: Int {
        guard night < configuration.nights - 1 else { return configuration.alertCount }
        return Int(Double(configuration.alertCount) * Double(clearNightsPassed + 1) / Double(clearNightCount))
    }

    /// The time of the next new object, nil while returning objects suffice.
    ///
    /// The times are those of k objects uniform over the rest of the night, drawn one by one as order statistics: the
    /// first of k is at 1 - u^(1/k) of what is left. k is corrected at each draw, so the night ends with the alerts it
    /// should have.
    private mutating func drawArrival() -> Double? {
        let missing = target - emitted
        guard missing > 0 else { return nil }
        let isLast = night == configuration.nights - 1
        let perReturn = isLast ? Self.alertsPerReturnAtLast : Self.alertsPerReturn
        let wanted = Double(missing) - perReturn * Double(due[night])
        if wanted <= 0, due[night] > 0 { return nil }
        let count = max(1, wanted / Self.alertsPerEntry)
        let end = schedule.start(of: night) + ObservingSchedule.nightLength - Cadence.longestPair
        let left = max(0, end - clock)
        // What a night misses the next one makes up for; the last goes on past its end until the stream is complete.
        if left == 0, !isLast { return nil }
        return clock + left * (1 - pow(1 - generator.uniform(), 1 / count))
    }

    private mutating func startNextNight() {
        clearNightsPassed += 1
        repeat { night += 1 } while night < configuration.nights - 1 && !schedule.isClear(night)
        clock = schedule.start(of: night)
    }

    // MARK: - Objects

    private mutating func admit(at jd: Double, into batch: inout AlertBatch) -> SimulatedKind? {
        clock = jd
        let entry = ObjectFactory.Entry(
            night: night, hour: jd - schedule.start(of: night), jd: jd, isNew: night >= Self.firstNights)
        var object = factory.make(serial: serial, entry: entry)
        serial += 1
        object.recordPast(in: schedule, before: night)
        let visit = object.enter()
        return observe(&object, visit, slot: nil, into: &batch)
    }

    private mutating func observeQueued(into batch: inout AlertBatch) -> SimulatedKind? {
        guard let entry = queue.removeFirst(), var object = objects[entry.slot] else { return nil }
        // Taken out while it changes, so that its history is not copied.
        objects[entry.slot] = nil
        clock = max(clock, entry.jd)
        due[entry.visit.night] -= 1
        return observe(&object, entry.visit, slot: entry.slot, into: &batch)
    }

    private mutating func observe(
        _ object: inout SimulatedObject, _ visit: Cadence.Visit, slot: Int?, into batch: inout AlertBatch
    ) -> SimulatedKind? {
        let observation = object.observe(visit, in: schedule)
        object.record(observation)
        if observation.isDetection {
            lastCandid = SurveyNames.candid(jd: visit.jd, rcid: object.rcid, after: lastCandid)
            object.appendAlert(candid: lastCandid, to: &batch)
        }
        if let next = object.nextVisit(through: configuration.nights - 1, in: schedule) {
            keep(object, for: next, slot: slot)
        } else if let slot {
            freeSlots.append(slot)
        }
        return observation.isDetection ? object.kind : nil
    }

    private mutating func keep(_ object: SimulatedObject, for visit: Cadence.Visit, slot: Int?) {
        let place: Int
        if let slot = slot ?? freeSlots.popLast() {
            place = slot
            objects[place] = object
        } else {
            place = objects.count
            objects.append(object)
        }
        due[visit.night] += 1
        queue.insert(VisitQueue.Entry(jd: visit.jd, serial: object.serial, slot: place, visit: visit))
    }
}

import Alerts

/// When one object is observed: on every second to fourth clear night, in g and r, now and then in i.
struct Cadence {
    struct Visit {
        var jd: Double
        var band: Band
        var night: Int
    }

    /// Nights from one visit of the field to the next.
    private let period: Int
    /// The night on which the object comes into view, and when.
    private let anchor: Int
    private let anchorJd: Double
    /// When in the night, days after its beginning.
    private let hour: Double
    private let firstBand: Band
    private let secondBand: Band
    /// The last night of the object's season.
    let lastNight: Int
    private var night: Int
    private var step = 0
    private var tonight = 0.0

    /// Longest time from an object's first exposure of a night to its last, days.
    static let longestPair = 0.060

    /// Part of the due exposures that are taken.
    private static let taken = [0.92, 0.85, 0.10]

    /// A cadence that begins on `firstNight` and is due at `entry`.
    init(firstNight: Int, entry: ObjectFactory.Entry, lastNight: Int, using generator: inout SeededGenerator) {
        period = 2 + generator.integer(below: 3)
        let greenFirst = generator.chance(0.5)
        firstBand = greenFirst ? .g : .r
        secondBand = greenFirst ? .r : .g
        anchor = entry.night
        anchorJd = entry.jd
        hour = entry.hour
        self.lastNight = lastNight
        night = firstNight
    }

    /// The exposure in which the object comes into view, which is always taken; the following ones come from `next`.
    mutating func enter() -> Visit {
        night = anchor
        step = 1
        tonight = anchorJd
        return Visit(jd: tonight, band: firstBand, night: anchor)
    }

    /// The next exposure up to and including `limit`; nil when there is none, and then a later limit may find one.
    mutating func next(
        through limit: Int, in schedule: ObservingSchedule, using generator: inout SeededGenerator
    ) -> Visit? {
        while night <= min(limit, lastNight) {
            if (night - anchor) % period == 0, schedule.isClear(night) {
                while step < Self.taken.count {
                    let current = step
                    step += 1
                    if current == 0 { tonight = schedule.start(of: night) + shifted(hour, using: &generator) }
                    guard generator.chance(Self.taken[current]) else { continue }
                    return exposure(current, using: &generator)
                }
            }
            night += 1
            step = 0
        }
        return nil
    }

    private func shifted(_ hour: Double, using generator: inout SeededGenerator) -> Double {
        min(max(hour + 0.02 * generator.gaussian(), 0), ObservingSchedule.nightLength)
    }

    /// At least half an hour apart, as ZTF takes its pairs to tell asteroids from the rest.
    private func exposure(_ step: Int, using generator: inout SeededGenerator) -> Visit {
        switch step {
        case 0: Visit(jd: tonight, band: firstBand, night: night)
        case 1: Visit(jd: tonight + generator.uniform(0.021, 0.045), band: secondBand, night: night)
        default: Visit(jd: tonight + generator.uniform(0.046, Self.longestPair), band: .i, night: night)
        }
    }
}

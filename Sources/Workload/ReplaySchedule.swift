import Foundation

/// When each message of a replay should be sent, in nanoseconds from its start.
///
/// It only says when: the sender waits until then and, however late it is, measures latency from the intended time, so
/// that a slow consumer cannot hide its delay by slowing the sender (coordinated omission). Times never decrease. No
/// clock is read.
public struct ReplaySchedule: Sendable {
    public enum Law: Sendable, Equatable {
        /// Everything at once.
        case flatOut
        /// Evenly spaced messages, this many a second.
        case fixed(perSecond: Double)
        /// Independent arrivals at this mean rate: gaps are exponential, from the seed.
        case poisson(perSecond: Double, seed: UInt64)
        /// Bursts of `count` messages, all due at once, one burst every `everySeconds`; LSST: 10,000 every 39 s.
        case visits(count: Int, everySeconds: Double)
    }

    public let law: Law
    private var position: Int64 = 0
    private var elapsed = 0.0
    private var generator: SeededGenerator

    public init(_ law: Law) throws(WorkloadError) {
        self.law = law
        var seed: UInt64 = 0
        switch law {
        case .flatOut:
            break
        case .fixed(let perSecond):
            try Self.requirePositive(perSecond, "messages per second")
        case .poisson(let perSecond, let given):
            try Self.requirePositive(perSecond, "messages per second")
            seed = given
        case .visits(let count, let everySeconds):
            try Self.requirePositive(Double(count), "messages per visit")
            try Self.requirePositive(everySeconds, "seconds between visits")
        }
        generator = SeededGenerator(seed: seed)
    }

    /// The intended send time of the next message, nanoseconds; message 0 comes first.
    public mutating func next() -> Int64 {
        let index = position
        position += 1
        switch law {
        case .flatOut:
            return 0
        case .fixed(let perSecond):
            return Self.nanoseconds(Double(index) / perSecond)
        case .poisson(let perSecond, _):
            elapsed += generator.exponential() / perSecond
            return Self.nanoseconds(elapsed)
        case .visits(let count, let everySeconds):
            return Self.nanoseconds(Double(index / Int64(count)) * everySeconds)
        }
    }

    private static func nanoseconds(_ seconds: Double) -> Int64 {
        let value = (seconds * 1e9).rounded()
        return value < 9.2e18 ? Int64(value) : Int64.max
    }

    private static func requirePositive(_ value: Double, _ name: String) throws(WorkloadError) {
        guard value > 0, value.isFinite else {
            throw .invalidConfiguration(name: name, value: "\(value)", reason: "must be a positive number")
        }
    }
}

extension ReplaySchedule.Law {
    /// Reads a law as a command line spells it: `flat-out`, `300/s`, `poisson:300/s` or `visits:10000/39s`; `seed`
    /// serves the Poisson law.
    public init(parsing text: String, seed: UInt64 = 1) throws(WorkloadError) {
        let known = Self.parse(text, seed: seed)
        guard let known else {
            throw .invalidConfiguration(
                name: "rate", value: text, reason: "must read flat-out, 300/s, poisson:300/s or visits:10000/39s")
        }
        self = known
        // Refuses rates that are not positive.
        _ = try ReplaySchedule(known)
    }

    private static func parse(_ text: String, seed: UInt64) -> Self? {
        if text == "flat-out" { return .flatOut }
        if text.hasPrefix("visits:") {
            let parts = text.dropFirst("visits:".count).split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[1].hasSuffix("s"), let count = Int(parts[0]),
                let seconds = Double(parts[1].dropLast())
            else { return nil }
            return .visits(count: count, everySeconds: seconds)
        }
        let isPoisson = text.hasPrefix("poisson:")
        let rate = isPoisson ? text.dropFirst("poisson:".count) : Substring(text)
        guard rate.hasSuffix("/s"), let perSecond = Double(rate.dropLast(2)) else { return nil }
        return isPoisson ? .poisson(perSecond: perSecond, seed: seed) : .fixed(perSecond: perSecond)
    }
}

extension ReplaySchedule.Law: CustomStringConvertible {
    public var description: String {
        switch self {
        case .flatOut: "flat-out"
        case .fixed(let perSecond): "\(perSecond)/s"
        case .poisson(let perSecond, _): "poisson:\(perSecond)/s"
        case .visits(let count, let everySeconds): "visits:\(count)/\(everySeconds)s"
        }
    }
}

import Alerts
import Foundation

/// A seeded random number generator whose sequence is part of a workload's definition: the same seed gives the same
/// values.
///
/// The generator is xoshiro256** and its state is filled by SplitMix64 (Blackman and Vigna 2021, ACM TOMS 47, 36;
/// Steele, Lea and Flood 2014, OOPSLA). The distributions below are ours too, because the standard library does not
/// promise that its own stay the same from release to release.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// A generator of its own for each pair of `seed` and `stream`.
    public init(seed: UInt64, stream: UInt64 = 0) {
        var bits = SplitMix64(seed: seed ^ SplitMix64.mixed(stream &+ 0x9E37_79B9_7F4A_7C15))
        state = (bits.next(), bits.next(), bits.next(), bits.next())
    }

    public mutating func next() -> UInt64 {
        let product = state.1 &* 5
        let result = (product << 7 | product >> 57) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3 << 45 | state.3 >> 19
        return result
    }

    /// A value in [0, 1), a multiple of 2^-53.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A value in [lower, upper).
    public mutating func uniform(_ lower: Double, _ upper: Double) -> Double {
        lower + (upper - lower) * uniform()
    }

    /// An integer in 0..<bound, without bias worth the name (2^-64 of `bound`); 0 when `bound` is not positive.
    public mutating func integer(below bound: Int) -> Int {
        guard bound > 0 else { return 0 }
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// True with a probability.
    public mutating func chance(_ probability: Double) -> Bool {
        uniform() < probability
    }

    /// A value of the standard normal distribution (Box and Muller 1958).
    public mutating func gaussian() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * Double.pi * uniform())
    }

    /// A value of the exponential distribution with mean 1.
    public mutating func exponential() -> Double {
        -log(1 - uniform())
    }

    /// A value in [0, 1) that depends on the pair alone: for what many objects must agree on, such as a night's
    /// weather.
    static func uniform(seed: UInt64, key: Int) -> Double {
        let hash = SplitMix64.mixed(SplitMix64.mixed(seed) ^ UInt64(bitPattern: Int64(key)) &* 0x9E37_79B9_7F4A_7C15)
        return Double(hash >> 11) * 0x1p-53
    }
}

/// One axis of a chart: what is along it, from where to where.
public struct Axis: Equatable, Sendable {
    /// What it shows, units in parentheses.
    public var title: String
    public private(set) var lower: Double
    public private(set) var upper: Double
    /// Larger values to the left or down, as magnitudes are drawn.
    public var isReversed: Bool

    /// Takes any two numbers; a range without extent, or not finite, is widened to one that can be drawn.
    public init(_ title: String, from lower: Double, to upper: Double, isReversed: Bool = false) {
        self.title = title
        self.isReversed = isReversed
        let low = lower.isFinite ? lower : (upper.isFinite ? upper : 0)
        let high = upper.isFinite ? upper : low
        (self.lower, self.upper) = (min(low, high), max(low, high))
        // Less than a few hundred roundings apart is one place.
        let least = max(abs(low), abs(high)) * 1e-13
        if self.upper - self.lower <= least {
            let margin = max(0.5, abs(low) * 0.05)
            (self.lower, self.upper) = (low - margin, low + margin)
        }
    }

    /// An axis over finite values with `margin`, a part of their extent, on both sides.
    public static func covering(
        _ values: some Sequence<Double>, title: String, margin: Double = 0.06, isReversed: Bool = false
    ) -> Axis {
        var (lower, upper) = (Double.infinity, -Double.infinity)
        for value in values where value.isFinite {
            lower = min(lower, value)
            upper = max(upper, value)
        }
        let bare = Axis(title, from: lower, to: upper, isReversed: isReversed)
        guard lower < upper else { return bare }
        let room = (bare.upper - bare.lower) * margin
        return Axis(title, from: bare.lower - room, to: bare.upper + room, isReversed: isReversed)
    }

    /// Where a value is along the axis: 0 at its left or lower end, 1 at the other.
    public func fraction(of value: Double) -> Double {
        let fraction = (value - lower) / (upper - lower)
        return isReversed ? 1 - fraction : fraction
    }

    /// About `count` ticks.
    public func ticks(about count: Int) -> Ticks { Ticks(from: lower, to: upper, about: count) }
}

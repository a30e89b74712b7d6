import Histogram

/// Latencies of many alerts as an HDR histogram: microseconds, 1 us to 1 hour, three significant digits.
public struct LatencyHistogram: Sendable {
    public static let highestMicroseconds: UInt64 = 3_600_000_000
    private var histogram = Histogram<UInt64>(
        highestTrackableValue: highestMicroseconds, numberOfSignificantValueDigits: .three)

    public init() {}

    public var count: UInt64 { histogram.totalCount }

    /// Records one latency for `count` alerts; what lies outside the range counts at its edge, so that none is lost.
    public mutating func record(microseconds: Int64, count: UInt64 = 1) {
        let clamped = min(UInt64(max(1, microseconds)), Self.highestMicroseconds)
        _ = histogram.record(clamped, count: count)
    }

    public mutating func add(_ other: LatencyHistogram) {
        histogram.add(other.histogram)
    }

    /// The latency at or below which `percentile` percent of the alerts are, milliseconds; nil when there are none.
    public func milliseconds(atPercentile percentile: Double) -> Double? {
        guard count > 0 else { return nil }
        return Double(histogram.valueAtPercentile(percentile)) / 1000
    }

    public var maximumMilliseconds: Double? {
        count > 0 ? Double(histogram.max) / 1000 : nil
    }
}

import Foundation

/// Round values between two ends: multiples of 1, 2 or 5 times a power of ten.
public struct Ticks: Equatable, Sendable {
    public let values: [Double]
    /// The values as text, all with the same number of decimals.
    public let labels: [String]

    /// About `count` ticks from `lower` to `upper`; none when that is no range of finite numbers.
    public init(from lower: Double, to upper: Double, about count: Int) {
        guard lower.isFinite, upper.isFinite, upper > lower else {
            (values, labels) = ([], [])
            return
        }
        let step = Self.step(for: (upper - lower) / Double(max(1, count)))
        let first = (lower / step - 1e-9).rounded(.up)
        let last = (upper / step + 1e-9).rounded(.down)
        // A step that is lost in the rounding of the ends gives no ticks.
        guard last >= first, last - first < 1000 else {
            (values, labels) = ([], [])
            return
        }
        let values = (0...Int(last - first)).map { (first + Double($0)) * step }
        self.values = values
        labels = Self.labels(values, step: step)
    }

    /// The multiple of 1, 2 or 5 that is nearest to `rough` as a ratio.
    static func step(for rough: Double) -> Double {
        let power = pow(10, log10(rough).rounded(.down))
        let mantissa = rough / power
        let factor: Double = mantissa < 1.5 ? 1 : mantissa < 3.5 ? 2 : mantissa < 7.5 ? 5 : 10
        return factor * power
    }

    private static func labels(_ values: [Double], step: Double) -> [String] {
        let largest = values.map(\.magnitude).max() ?? 0
        if largest >= 1e6 || largest < 1e-3 && largest > 0 {
            let exponent = log10(largest).rounded(.down)
            let decimals = max(0, Int((exponent - log10(step) + 1 - 1e-9).rounded(.down)))
            return values.map { $0 == 0 ? "0" : String(format: "%.\(min(decimals, 12))e", $0) }
                .map(Self.shortened)
        }
        let decimals = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
        return values.map { value in
            // No negative zero.
            String(format: "%.\(min(decimals, 12))f", value == 0 ? 0 : value)
        }
    }

    /// `1.5e+06` as `1.5e6`.
    private static func shortened(_ text: String) -> String {
        guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...]) else { return text }
        return text[..<mark] + "e\(exponent)"
    }
}

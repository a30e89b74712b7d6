/// Text in columns.
enum Table {
    static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }

    /// A number with a fixed count of decimals; a dash for what is none, or too large to be one.
    static func number(_ value: Double, _ digits: Int) -> String {
        guard value.magnitude < 1e12 else { return "-" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value * scale).rounded()
        guard digits > 0 else { return "\(Int64(scaled))" }
        let whole = Int64(scaled) / Int64(scale)
        let rest = String((Int64(scaled) % Int64(scale)).magnitude)
        return "\(whole)." + String(repeating: "0", count: digits - rest.count) + rest
    }
}

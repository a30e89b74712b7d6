/// What `StoreBench` measured.
public struct StoreReport: Codable, Sendable {
    public struct Line: Codable, Sendable {
        /// See `StoreBench.Load`.
        public var load: String
        public var batchSize: Int
        /// Connections that write at once, each from a thread of its own.
        public var writers: Int
        /// Alerts with an outcome, one number a repetition.
        public var alertsPerSecond: [Double] = []
        /// Alerts stored, each with its classification: duplicates and quarantine not counted.
        public var storedPerSecond: [Double] = []

        public var text: String {
            func right(_ value: String, _ width: Int) -> String {
                String(repeating: " ", count: max(1, width - value.count)) + value
            }
            func number(_ values: [Double]) -> String { "\(Int((values.max() ?? 0).rounded()))" }
            return load + right("\(writers)", 14 - load.count) + right("\(batchSize)", 8)
                + right(number(alertsPerSecond), 12) + right("\(Int(alertsPerSecond.median.rounded()))", 12)
                + right(number(storedPerSecond), 12)
        }
    }

    public var machine: Machine
    /// The server's version and the settings that matter, as name=value.
    public var server: [String]
    public var lines: [Line] = []
    /// Whether all that was written agrees with the counts, by counting.
    public var accountCloses = false

    public static let header = "load     writers   batch    alerts/s      median    stored/s"

    init(machine: Machine, server: [String]) {
        self.machine = machine
        self.server = server
    }
}

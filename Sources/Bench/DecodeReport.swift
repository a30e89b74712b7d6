/// What `DecodeBench` measured.
public struct DecodeReport: Codable, Sendable {
    public struct Packets: Codable, Sendable {
        public var files: Int
        public var smallestBytes: Int
        public var meanBytes: Double
        public var largestBytes: Int
        /// Rows of light curve in all files together.
        public var rows: Int
    }

    public struct Line: Codable, Sendable {
        public var decoder: String
        /// `hot`: the same packets again; `cold`: copies that no cache holds.
        public var buffers: String
        public var medianAlertsPerSecond: Double
        public var bestAlertsPerSecond: Double
        public var medianBytesPerSecond: Double
        public var alertsPerSecond: [Double]
    }

    public struct Allocations: Codable, Sendable {
        /// Of the first sight of all packets, plans and all.
        public var first: Int
        /// Per alert from then on.
        public var perAlert: Double
        public var alerts: Int
    }

    public var machine: Machine
    public var packets: Packets
    public var repetitions: Int
    public var secondsPerRepetition: Double
    public var coldBytes: Int
    public var lines: [Line] = []
    /// nil where allocations cannot be counted.
    public var allocations: Allocations?
    /// Median rate of apus with hot buffers, over that of each peer.
    public var ratios: [String: Double] = [:]
    /// Peers that were left out, and why.
    public var skipped: [String] = []
    /// Sum of the packets' candids, the same for every decoder.
    public var checksum: Int64
    /// Sum over all that apus decoded while it was timed; it is there to be printed.
    public var consumed: Int64 = 0
    /// The version of fastavro, where it ran.
    public var fastavroVersion: String?

    /// Adds a decoder's rates, in alerts per second.
    mutating func append(_ decoder: String, _ buffers: String, _ rates: [Double]) {
        let median = rates.median
        lines.append(
            Line(
                decoder: decoder, buffers: buffers, medianAlertsPerSecond: median,
                bestAlertsPerSecond: rates.max() ?? .nan, medianBytesPerSecond: median * packets.meanBytes,
                alertsPerSecond: rates))
    }

    /// The report as lines of text.
    public var table: [String] {
        var text = [
            "\(machine.cpu), \(machine.cores) cores, load \(Self.number(machine.loadAverage, 2)); one core is used",
            "\(packets.files) packets of \(packets.smallestBytes) to \(packets.largestBytes) bytes, "
                + "\(packets.rows) rows, checksum \(checksum)",
            "",
            Self.row("decoder", "buffers", "alerts/s median", "best", "us/alert", "MB/s", "apus is"),
        ]
        for line in lines {
            text.append(
                Self.row(
                    line.decoder, line.buffers, Self.number(line.medianAlertsPerSecond, 0),
                    Self.number(line.bestAlertsPerSecond, 0), Self.number(1e6 / line.medianAlertsPerSecond, 2),
                    Self.number(line.medianBytesPerSecond * 1e-6, 0),
                    ratios[line.decoder].map { Self.number($0, 1) + " x" } ?? ""))
        }
        text.append("")
        if let allocations {
            text.append(
                "heap allocations: \(allocations.first) at the first sight of the packets, then "
                    + "\(Self.number(allocations.perAlert, 3)) per alert over \(allocations.alerts) alerts")
        } else {
            text.append("heap allocations: cannot be counted in this build")
        }
        return text + skipped + ["consumed \(consumed)"]
    }

    private static func row(
        _ decoder: String, _ buffers: String, _ median: String, _ best: String, _ time: String, _ bytes: String,
        _ ratio: String
    ) -> String {
        func left(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(1, width - text.count)) + text
        }
        return left(decoder, 42) + left(buffers, 8) + right(median, 15) + right(best, 10) + right(time, 10)
            + right(bytes, 8) + right(ratio, 10)
    }

    private static func number(_ value: Double, _ digits: Int) -> String {
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

extension DecodeReport.Packets {
    init(_ set: PacketSet, rows: Int) {
        let sizes = set.packets.map(\.bytes.count)
        self.init(
            files: sizes.count, smallestBytes: sizes.min() ?? 0,
            meanBytes: Double(set.byteCount) / Double(max(1, sizes.count)), largestBytes: sizes.max() ?? 0, rows: rows)
    }
}

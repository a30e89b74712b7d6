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
            "\(machine.cpu), \(machine.cores) cores, load \(Table.number(machine.loadAverage, 2)); one core is used",
            "\(packets.files) packets of \(packets.smallestBytes) to \(packets.largestBytes) bytes, "
                + "\(packets.rows) rows, checksum \(checksum)",
            "",
            Self.row("decoder", "buffers", "alerts/s median", "best", "us/alert", "MB/s", "apus is"),
        ]
        for line in lines {
            text.append(
                Self.row(
                    line.decoder, line.buffers, Table.number(line.medianAlertsPerSecond, 0),
                    Table.number(line.bestAlertsPerSecond, 0), Table.number(1e6 / line.medianAlertsPerSecond, 2),
                    Table.number(line.medianBytesPerSecond * 1e-6, 0),
                    ratios[line.decoder].map { Table.number($0, 1) + " x" } ?? ""))
        }
        text.append("")
        if let allocations {
            text.append(
                "heap allocations: \(allocations.first) at the first sight of the packets, then "
                    + "\(Table.number(allocations.perAlert, 3)) per alert over \(allocations.alerts) alerts")
        } else {
            text.append("heap allocations: cannot be counted in this build")
        }
        return text + skipped + ["consumed \(consumed)"]
    }

    private static func row(
        _ decoder: String, _ buffers: String, _ median: String, _ best: String, _ time: String, _ bytes: String,
        _ ratio: String
    ) -> String {
        return Table.left(decoder, 42) + Table.left(buffers, 8) + Table.right(median, 15) + Table.right(best, 10) + Table.right(time, 10)
            + Table.right(bytes, 8) + Table.right(ratio, 10)
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

/// What `InferBench` measured.
public struct InferReport: Codable, Sendable {
    public struct Line: Codable, Sendable {
        public var engine: String
        public var instructionSet: String
        public var batch: Int
        public var threads: Int
        /// A row, over all threads together; the best of the repetitions and the one in the middle.
        public var bestMicroseconds: Double
        public var medianMicroseconds: Double
    }

    public struct Kernel: Codable, Sendable {
        public var instructionSet: String
        /// Such as `ffn.0`, and its shape.
        public var name: String
        /// Of one row of the batch.
        public var bestMicroseconds: Double
        /// Multiplications with their additions, 10^9 a second; those of the softmax's exponentials are not counted.
        public var gigaMACs: Double
        /// Of the same operands' dot products in registers, measured in the same run.
        public var fractionOfPeak: Double
    }

    /// Another program with the same network, one thread.
    public struct Peer: Codable, Sendable {
        /// With its version where it tells.
        public var name: String
        public var isQuantised: Bool
        public var batch: Int
        public var bestMicroseconds: Double
        public var medianMicroseconds: Double
        /// Fraction of the batch, beside the float reference with the peer's own weights.
        public var sameClass: Double
        public var meanTotalVariation: Double
        /// Times our best at this batch size and one thread; nil if that was not measured.
        public var ratioToInt8: Double?
        public var ratioToFloatFast: Double?
    }

    public var machine: Machine
    public var model: String
    public var positionsPerRow: Double
    public var repetitions: Int
    public var secondsPerRepetition: Double
    public var lines: [Line] = []
    public var kernels: [Kernel] = []
    public var peers: [Peer] = []
    /// Engines that were left out, and why.
    public var skipped: [String] = []

    /// The report as lines of text.
    public var table: [String] {
        var text = [
            "\(machine.cpu), \(machine.cores) cores, load \(Self.number(machine.loadAverage, 2))",
            "\(model), \(Self.number(positionsPerRow, 1)) positions a row; best and median of \(repetitions) repetitions",
            "", Self.row(["engine", "set", "batch", "threads", "us/row", "median", "rows/s"]),
        ]
        for line in lines {
            text.append(
                Self.row([
                    line.engine, line.instructionSet, "\(line.batch)", "\(line.threads)",
                    Self.number(line.bestMicroseconds, 2), Self.number(line.medianMicroseconds, 2),
                    Self.number(1e6 / line.bestMicroseconds, 0),
                ]))
        }
        text += ["", Self.row(["kernel", "set", "", "", "us/row", "GMAC/s", "of peak"])]
        for kernel in kernels {
            text.append(
                Self.row([
                    kernel.name, kernel.instructionSet, "", "", Self.number(kernel.bestMicroseconds, 2),
                    Self.number(kernel.gigaMACs, 1), Self.number(kernel.fractionOfPeak * 100, 0) + " %",
                ]))
        }
        return text + peerTable + skipped
    }

    private var peerTable: [String] {
        guard !peers.isEmpty else { return [] }
        let titles = ["batch", "us/row", "median", "same class", "deviation", "int8 is", "float fast is"]
        return ["", Self.peerRow(["peer"] + titles)]
            + peers.map { peer in
                Self.peerRow([
                    peer.name, "\(peer.batch)", Self.number(peer.bestMicroseconds, 2),
                    Self.number(peer.medianMicroseconds, 2), Self.number(peer.sameClass * 100, 1) + " %",
                    Self.number(peer.meanTotalVariation, 6), peer.ratioToInt8.map { Self.number($0, 1) + " x" } ?? "-",
                    peer.ratioToFloatFast.map { Self.number($0, 1) + " x" } ?? "-",
                ])
            }
    }

    /// Compares the peers with the engines.
    mutating func setRatios() {
        for index in peers.indices {
            func best(_ engine: String) -> Double? {
                lines.filter { $0.engine == engine && $0.batch == peers[index].batch && $0.threads == 1 }
                    .map(\.bestMicroseconds).min()
            }
            peers[index].ratioToInt8 = best("int8").map { peers[index].bestMicroseconds / $0 }
            peers[index].ratioToFloatFast = best("float fast").map { peers[index].bestMicroseconds / $0 }
        }
    }

    private static func peerRow(_ cells: [String]) -> String {
        row(cells, widths: [34, 6, 10, 10, 12, 11, 10, 15], leading: 1)
    }

    private static func row(_ cells: [String], widths: [Int] = [28, 9, 7, 9, 10, 10, 10], leading: Int = 2) -> String {
        zip(cells, widths).enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(1, cell.1 - cell.0.count))
            return index < leading ? cell.0 + padding : padding + cell.0
        }.joined()
    }

    private static func number(_ value: Double, _ digits: Int) -> String {
        guard value.magnitude < 1e12 else { return "-" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((value * scale).rounded())
        guard digits > 0 else { return "\(scaled)" }
        let rest = String((scaled % Int64(scale)).magnitude)
        return "\(scaled / Int64(scale))." + String(repeating: "0", count: digits - rest.count) + rest
    }
}

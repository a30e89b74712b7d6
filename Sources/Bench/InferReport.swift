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

    public var machine: Machine
    public var model: String
    public var positionsPerRow: Double
    public var repetitions: Int
    public var secondsPerRepetition: Double
    public var lines: [Line] = []
    public var kernels: [Kernel] = []
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
        return text + skipped
    }

    private static func row(_ cells: [String]) -> String {
        let widths = [28, 9, 7, 9, 10, 10, 10]
        return zip(cells, widths).enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(1, cell.1 - cell.0.count))
            return index < 2 ? cell.0 + padding : padding + cell.0
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

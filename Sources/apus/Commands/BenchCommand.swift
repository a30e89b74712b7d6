import ArgumentParser
import Bench
import Foundation

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures the stages of the pipeline on this machine.",
        subcommands: [
            BenchDecodeCommand.self, BenchRegridCommand.self, BenchInferCommand.self, BenchStoreCommand.self,
        ])
}

struct BenchDecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Measures decoding on one core, beside libavro and fastavro on the same packets.",
        discussion: """
            Hot buffers: the same packet again and again. Cold buffers: copies of the packets, --cold-bytes in all, so that each comes \
            from memory. All decoders but fastavro, which is a Python process of its own, take turns; give the machine nothing else to do.
            """)

    @Option(help: "How often each decoder is measured, after one round of warming up.")
    var repetitions = 7

    @Option(help: "Least time of one repetition, seconds.")
    var seconds = 0.5

    @Option(help: "Memory for the cold copies, bytes.")
    var coldBytes = 512 << 20

    @Flag(inversion: .prefixedNo, help: "Measure libavro and fastavro too.")
    var peers = true

    @Option(help: "Write all numbers to this file as JSON.")
    var json: String?

    @Argument(help: "Alert packets (.avro, one alert each, not compressed), or folders of them.")
    var paths: [String]

    func validate() throws {
        guard repetitions > 0 else { throw ValidationError("--repetitions must be 1 or more.") }
        guard seconds > 0, seconds.isFinite else { throw ValidationError("--seconds must be more than 0.") }
        guard coldBytes > 0 else { throw ValidationError("--cold-bytes must be more than 0.") }
    }

    func run() throws {
        var configuration = DecodeBench.Configuration()
        configuration.repetitions = repetitions
        configuration.secondsPerRepetition = seconds
        configuration.coldBytes = coldBytes
        configuration.measuresPeers = peers
        var bench = try DecodeBench(paths: paths, configuration)
        let report = try bench.run()
        for line in report.table { print(line) }
        try json.map(report.writeNumbers)
    }
}

struct BenchRegridCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "regrid",
        abstract: "Measures the Gaussian-process fit and the grid's mean, beside george and SciPy on the same curves.",
        discussion: """
            Curves are simulated transients of exactly --points points in two bands, and with paths also those of the alerts there. \
            Engines that take many curves at once get all in a deep queue (--curves) and in batches (--batch). Two threads share the \
            curves. george and SciPy run in one thread of the Python that APUS_PYTHON names, or python3; give the machine nothing \
            else to do.
            """)

    @Option(help: "Points of the simulated curves; may be given again. Without it 10, 20, 30, 50 and 100.")
    var points: [Int] = []

    @Option(help: "Curves in a deep queue.")
    var curves = RegridBench.Configuration().curves

    @Option(help: "Curves in a batch.")
    var batch = RegridBench.Configuration().batch

    @Option(help: "A number of threads; may be given again. Without it 1 and 2.")
    var threads: [Int] = []

    @Option(help: "How often each case is measured, after one round of warming up.")
    var repetitions = 7

    @Option(help: "Least time of one repetition, seconds.")
    var seconds = 0.5

    @Option(help: "The seed of the simulated curves.")
    var seed: UInt64 = 1

    @Flag(inversion: .prefixedNo, help: "Measure george and SciPy too.")
    var peers = true

    @Option(help: "Write all numbers to this file as JSON.")
    var json: String?

    @Argument(help: "Alert files, or folders of .avro files, whose curves are measured too.")
    var paths: [String] = []

    func validate() throws {
        guard points.allSatisfy({ (2...500).contains($0) }) else { throw ValidationError("--points must be 2 to 500.") }
        guard curves > 0, batch > 0 else { throw ValidationError("--curves and --batch must be 1 or more.") }
        guard threads.allSatisfy({ (1...64).contains($0) }) else { throw ValidationError("--threads must be 1 to 64.") }
        guard repetitions > 0 else { throw ValidationError("--repetitions must be 1 or more.") }
        guard seconds > 0, seconds.isFinite else { throw ValidationError("--seconds must be more than 0.") }
    }

    func run() throws {
        var configuration = RegridBench.Configuration()
        if !points.isEmpty { configuration.points = points }
        configuration.curves = curves
        configuration.batch = batch
        if !threads.isEmpty { configuration.threads = threads }
        configuration.repetitions = repetitions
        configuration.secondsPerRepetition = seconds
        configuration.seed = seed
        configuration.measuresPeers = peers
        let report = try RegridBench(paths: paths, configuration).run()
        for line in report.table { print(line) }
        try json.map(report.writeNumbers)
    }
}

extension Encodable {
    /// Writes a measurement's numbers as JSON, in a fixed order.
    fileprivate func writeNumbers(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // A rate of nothing is no number.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
        try encoder.encode(self).write(to: URL(fileURLWithPath: path))
    }
}

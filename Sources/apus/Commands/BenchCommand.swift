import ArgumentParser
import Bench
import Foundation

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures the stages of the pipeline on this machine.",
        subcommands: [BenchDecodeCommand.self])
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
        guard let json else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // A rate of nothing is no number.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
        try encoder.encode(report).write(to: URL(fileURLWithPath: json))
    }
}

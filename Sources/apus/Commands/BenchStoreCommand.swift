import ArgumentParser
import Bench
import Foundation

struct BenchStoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Measures writing results to PostgreSQL, with all indexes, duplicates and poisoned rows.",
        discussion: """
            Makes a database of its own on the server and drops it at the end. For a server to try it on: Deploy/postgres start \
            FOLDER PORT, then --connection "host=127.0.0.1 port=PORT user=apus dbname=apus". alerts/s counts every alert with an outcome, \
            stored/s those that were stored with their classification; the best repetition is printed, the JSON has all.
            """)

    @Option(help: "A libpq connection string of any database of the server; the password belongs into a password file.")
    var connection: String

    @Option(help: "Alerts a transaction, separated by commas.")
    var batches = "100,500,1000,5000"

    @Option(help: "How many connections write at once, separated by commas.")
    var writers = "1,2"

    @Option(help: "How often each is measured, after half a second of warming up.")
    var repetitions = 3

    @Option(help: "Time of one repetition, seconds.")
    var seconds = 2.0

    @Option(help: "Write all numbers to this file as JSON.")
    var json: String?

    func validate() throws {
        guard repetitions > 0 else { throw ValidationError("--repetitions must be 1 or more.") }
        guard seconds > 0, seconds.isFinite else { throw ValidationError("--seconds must be more than 0.") }
        _ = try numbers(batches)
        _ = try numbers(writers)
    }

    func run() throws {
        var configuration = StoreBench.Configuration(connection: connection)
        configuration.batchSizes = try numbers(batches)
        configuration.writers = try numbers(writers)
        configuration.repetitions = repetitions
        configuration.secondsPerRepetition = seconds
        FileHandle.standardOutput.write(Data((StoreReport.header + "\n").utf8))
        let report = try StoreBench(configuration).run { line in
            // At once, also into a file: a run takes minutes.
            FileHandle.standardOutput.write(Data((line.text + "\n").utf8))
        }
        print("\(report.machine.cpu), load \(report.machine.loadAverage); \(report.server.joined(separator: ", "))")
        print(report.accountCloses ? "the account closes" : "THE ACCOUNT DOES NOT CLOSE")
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try encoder.encode(report).write(to: URL(fileURLWithPath: json))
        }
        if !report.accountCloses { throw ExitCode.failure }
    }

    private func numbers(_ list: String) throws -> [Int] {
        try list.split(separator: ",").map {
            guard let number = Int($0), number > 0, number < 1 << 20 else { throw ValidationError("\($0) is no number.") }
            return number
        }
    }
}

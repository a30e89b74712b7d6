import ArgumentParser
import Bench
import Foundation

struct BenchStoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Measures writing results to PostgreSQL, with all indexes, duplicates and poisoned rows.",
        discussion: """
            Makes a database of its own on the server and drops it at the end. Without --connection it starts a server with \
            Deploy/postgres, which is there in a checkout. alerts/s counts every alert with an outcome, stored/s those that were stored \
            with their classification; the best repetition is printed, the JSON has all.
            """)

    @Option(help: "A libpq connection string of any database of the server; the password belongs into a password file.")
    var connection: String?

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
        let server = try connection == nil ? BenchServer() : nil
        defer { server?.stop() }
        var configuration = StoreBench.Configuration(connection: connection ?? server?.connection ?? "")
        configuration.batchSizes = try numbers(batches)
        configuration.writers = try numbers(writers)
        configuration.repetitions = repetitions
        configuration.secondsPerRepetition = seconds
        print(StoreReport.header)
        let report = try StoreBench(configuration).run { print($0.text) }
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

/// A durable PostgreSQL of the benchmark's own, from the checkout's Deploy folder.
private struct BenchServer {
    private let folder: String
    let connection: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "apus-bench-\(UUID().uuidString)").path
        let port = try Self.run("Deploy/free-port", []).trimmingCharacters(in: .whitespacesAndNewlines)
        _ = try Self.run(
            "Deploy/postgres", ["start", folder, port, "-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB"])
        self.folder = folder
        connection = "host=127.0.0.1 port=\(port) user=apus dbname=apus"
    }

    func stop() {
        _ = try? Self.run("Deploy/postgres", ["stop", folder])
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ValidationError("\(program) failed; run this in a checkout, or give --connection.")
        }
        return text
    }
}

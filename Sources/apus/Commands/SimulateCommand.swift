import ArgumentParser
import Foundation
import Workload

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Writes simulated alerts as Avro container files with ZTF's field names.",
        discussion: """
            Supernovae of several types, variable stars, active galaxies, flares and asteroids, with the survey's cadence, noise \
            and limits. One seed gives the same bytes every time. It makes a workload to try a broker with, not a training set.
            """)

    @Option(help: "How many alerts.")
    var count: Int

    @Option(help: "The seed.")
    var seed: UInt64 = 1

    @Option(help: "The part of the packets that is damaged on purpose, 0 to 1.")
    var badFraction: Double = 0

    @Option(help: "Nights over which the alerts spread.")
    var nights: Int = 1

    @Option(help: "Alerts in a file; damaged packets need one alert a file. Without it 1000, or 1 with damaged packets.")
    var alertsPerFile: Int?

    @Option(name: .shortAndLong, help: "The folder to write to; it is made if need be and must be empty.")
    var output: String

    func run() throws {
        let configuration = SimulatorConfiguration(
            seed: seed, alertCount: count, badPacketFraction: badFraction, nights: nights)
        let writer = SimulationWriter(folder: output, alertsPerFile: alertsPerFile ?? (badFraction > 0 ? 1 : 1000))
        var progress = Progress("alerts")
        let summary = try writer.write(configuration) { written in
            progress.update(written, fraction: Double(written) / Double(max(1, count)))
        }
        progress.finish()
        let damaged = summary.damageCounts.reduce(0, +)
        note("\(output): \(summary.alertCount) alerts, \(damaged) of them damaged, in \(summary.fileCount) files")
    }
}

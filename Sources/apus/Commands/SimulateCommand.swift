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

    @Option(help: "Alerts in a file.")
    var alertsPerFile: Int = 1000

    @Option(name: .shortAndLong, help: "The folder to write to; it is made if need be and must be empty.")
    var output: String

    func run() throws {
        let configuration = SimulatorConfiguration(
            seed: seed, alertCount: count, badPacketFraction: badFraction, nights: nights)
        var progress = Progress("alerts")
        var writer = try SimulationWriter(folder: output, configuration: configuration, alertsPerFile: alertsPerFile)
        while try writer.writeNextFile() {
            progress.update(writer.alertCount, fraction: Double(writer.alertCount) / Double(max(1, count)))
        }
        progress.finish()
        note("\(output): \(writer.alertCount) alerts, \(writer.damagedCount) of them damaged, in \(writer.fileCount) files")
    }
}

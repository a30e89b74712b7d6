import ArgumentParser
import Settings
import Store

struct AccountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Prints what became of every alert: consumed = classified + skipped + quarantined.",
        discussion: "Exit status 1 when the account does not close.")

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Count all rows and compare them with the account; that reads every table.")
    var verify = false

    func run() throws {
        let connection = try Connection(options.read().database.connection)
        let account = try Account(from: connection)
        for partition in account.partitions {
            print(
                "\(partition.topic) \(partition.partition): \(partition.consumed) consumed = \(partition.classified) classified"
                    + " + \(partition.skipped) skipped + \(partition.quarantined) quarantined"
                    + (partition.closes ? "" : "  DOES NOT CLOSE"))
        }
        for reason in account.reasons { print("skipped as \(reason.name): \(reason.alerts)") }
        var closes = account.closes
        if verify {
            let mismatches = try Account.mismatches(in: connection)
            for mismatch in mismatches {
                print(
                    "\(mismatch.topic) \(mismatch.partition), night \(mismatch.night), \(mismatch.kind) \(mismatch.name): "
                        + "\(mismatch.counted) counted, \(mismatch.stored) rows")
            }
            closes = closes && mismatches.isEmpty
            print(mismatches.isEmpty ? "the rows agree" : "the rows do not agree")
        }
        if !closes { throw ExitCode.failure }
    }
}

import ArgumentParser
import Settings
import Store

struct RetainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retain",
        abstract: "Drops the alerts of old nights and keeps their counts.",
        discussion: """
            Counted in days back from the newest night, or from today when that is earlier. Each night is one transaction; needs the \
            rights of apus_owner. The account still closes, and night_summary still shows the nights.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "How many nights to keep.")
    var nights: Int

    @Flag(help: "Only print what would go.")
    var dryRun = false

    func validate() throws {
        guard nights > 0 else { throw ValidationError("--nights must be 1 or more.") }
    }

    func run() throws {
        let retention = Retention(try Connection(options.read().database.connection))
        for night in try retention.nights(keeping: nights) {
            if dryRun {
                print("\(night) would be dropped")
            } else {
                print("\(night) dropped, \(try retention.drop(night)) alerts")
            }
        }
    }
}

import ArgumentParser
import Settings
import Store

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Brings the database to the schema this release needs.",
        discussion: "Each migration is one transaction; a database that is up to date is left alone, a newer one refused.")

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let settings = try options.read()
        let migrator = Migrator(try Connection(settings.database.connection))
        let applied = try migrator.migrate()
        for migration in applied { print("applied migration \(migration.version): \(migration.name)") }
        print("the database is at schema version \(migrator.knownVersion)")
    }
}

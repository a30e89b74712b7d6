import ArgumentParser
import Settings
import Store

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Brings the database to the schema this release needs.",
        discussion: """
            Each migration is one transaction; a database that is up to date is left alone, a newer one refused. Afterwards cone \
            searches take q3c, where that extension is installed by now.

            --roles makes the roles apus_owner, apus_service and apus_operator, which cannot log in, gives the tables to the first and \
            each its rights. It has to be a superuser, or may create roles and owns the tables. Then, in psql: CREATE ROLE broker \
            LOGIN IN ROLE apus_service; \\password broker.
            """)

    @Flag(help: "Also make the roles of owner, service and operator.")
    var roles = false

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let settings = try options.read()
        let connection = try Connection(settings.database.connection)
        let migrator = Migrator(connection)
        let applied = try migrator.migrate()
        for migration in applied { print("applied migration \(migration.version): \(migration.name)") }
        let search = try migrator.prepareConeSearch()
        print("the database is at schema version \(migrator.knownVersion); cone searches use \(search)")
        if roles {
            try DatabaseRoles(connection).grant()
            print("roles: \(DatabaseRoles.names.joined(separator: ", "))")
        }
    }
}

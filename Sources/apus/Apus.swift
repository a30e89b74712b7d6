import ArgumentParser

/// The `apus` command.
@main
struct Apus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apus",
        abstract: "Classifies a survey's alert stream as it arrives.",
        discussion: """
            Reads alerts (Avro) from Kafka, classifies each light curve with a tiny transformer, and writes alerts, \
            classifications and an account of everything it read to PostgreSQL.

            Exit status: 0 success, 1 failure, 3 when some input could not be read, 64 wrong usage.
            """,
        version: "0.1.0",
        subcommands: [
            RunCommand.self, MigrateCommand.self, CheckCommand.self, ClassifyCommand.self, LightCurveCommand.self,
            ReplayCommand.self, SimulateCommand.self, ModelCommand.self, SchemaCommand.self, QuarantineCommand.self,
            AccountCommand.self, RetainCommand.self, BenchCommand.self,
        ])
}

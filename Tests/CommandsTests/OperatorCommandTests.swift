import Foundation
import Store
import TestSupport
import Testing

/// The commands of whoever looks after the database.
@Suite(.enabled(if: PublishedModel.isPresent, Comment(rawValue: PublishedModel.absence)))
struct OperatorCommandTests {
    /// A database with two messages in quarantine: a sound one of 40 alerts, and one that is none.
    private final class Fixture {
        let sample: Sample
        let environment: [String: String]
        let connection: Connection

        init() throws {
            sample = try Sample(count: 40)
            let database = try TemporaryPostgres.shared().createDatabase()
            environment = ["APUS_DATABASE__CONNECTION": database]
            connection = try Connection(database)
            _ = try Migrator(connection).migrate()
            let files = try FileManager.default.contentsOfDirectory(atPath: sample.alerts)
            let file = try #require(files.first { $0.hasSuffix(".avro") })
            let packet = try Data(contentsOf: URL(fileURLWithPath: sample.alerts).appending(path: file))
            let model = try ModelRegistry(connection).register(
                name: "m", sha256: String(repeating: "a", count: 64), preset: "fink-t2", classes: ["a"])
            let claim = try #require(try StreamOffsets(connection).claim([(topic: "alerts", partition: 0)]).first)
            var batch = ResultBatch()
            batch.offsets = [
                .init(topicId: claim.topicId, partition: 0, generation: claim.generation, firstOffset: 0, nextOffset: 2)
            ]
            for (offset, payload) in [packet, Data("no packet".utf8)].enumerated() {
                let source = ResultBatch.Source(
                    topicId: claim.topicId, partition: 0, offset: Int64(offset),
                    alertIndex: ResultBatch.Source.wholeMessage, timestampMs: 1_795_500_000_000)
                payload.withUnsafeBytes {
                    batch.quarantined.append(.init(source: source, reason: "truncated", detail: "by a test", payload: $0))
                }
            }
            _ = try ResultWriter(connection, modelId: model).write(batch)
        }

        func run(_ arguments: String...) throws -> Executable.Outcome {
            try Executable.run(arguments, environment: environment)
        }
    }

    @Test func aMessageIsListedShownExportedAndRetried() throws {
        let fixture = try Fixture()
        defer { fixture.sample.remove() }
        let list = try fixture.run("quarantine", "list", "--reason", "truncated", "--topic", "alerts")
        #expect(list.output.split(separator: "\n").map { $0.prefix(3) } == ["2  ", "1  "])
        let show = try fixture.run("quarantine", "show", "2")
        #expect(show.output.contains("6e 6f 20 70 61 63 6b 65 74") && show.output.contains("no packet"))
        #expect(try fixture.run("quarantine", "show", "77").status == 64)

        let folder = fixture.sample.folder.appending(path: "out")
        let exported = try fixture.run("quarantine", "export", "2", "--to", folder.path)
        #expect(exported.status == 0)
        #expect(try Data(contentsOf: folder.appending(path: "2-truncated.avro")) == Data("no packet".utf8))

        let retried = try fixture.run("quarantine", "retry", "--reason", "truncated", "--model", fixture.sample.model)
        #expect(retried.status == 3 && retried.output == "1 resolved, 1 still open\n", "\(retried.errors)")
        #expect(try fixture.connection.query("SELECT count(*) FROM alert").scalar == "40")
        #expect(try fixture.run("quarantine", "retry", "1", "--model", fixture.sample.model).status == 0)
        #expect(try fixture.connection.query("SELECT count(*) FROM alert").scalar == "40")
        #expect(try fixture.run("quarantine", "retry").status == 64)

        let account = try fixture.run("account", "--verify")
        #expect(account.status == 0 && account.output.contains("41 consumed"), "\(account.output)")
        try fixture.connection.execute("DELETE FROM alert WHERE candid = (SELECT min(candid) FROM alert)")
        #expect(try fixture.run("account").status == 0)
        #expect(try fixture.run("account", "--verify").status == 1)
    }

    @Test func modelsAreListedAndGivenRoles() throws {
        let fixture = try Fixture()
        defer { fixture.sample.remove() }
        #expect(try fixture.run("model", "activate", "1").status == 0)
        #expect(try fixture.run("model", "list").output.hasPrefix("1  active  m  preset fink-t2, 1 classes, 0 alerts"))
        #expect(try fixture.run("model", "retire", "1").status == 0)
        #expect(try fixture.run("model", "list").output.hasPrefix("1  retired"))
        #expect(try fixture.run("model", "activate", "9").status == 1)
    }

    @Test func oldNightsGoAfterADryRun() throws {
        let fixture = try Fixture()
        defer { fixture.sample.remove() }
        _ = try fixture.connection.query("SELECT make_night_partitions('{2026-01-01,2026-01-02,2026-01-09}')")
        try fixture.connection.execute(
            """
            INSERT INTO outcome_count (alerts, night, topic_id, partition, model_id, kind, name)
            VALUES (1, '2026-01-09', 1, 0, 0, 'skipped', 'too_few_points')
            """)
        let dry = try fixture.run("retain", "--nights", "8", "--dry-run")
        #expect(dry.output == "2026-01-01 would be dropped\n")
        #expect(try fixture.run("retain", "--nights", "8").output == "2026-01-01 dropped, 0 alerts\n")
        #expect(try fixture.run("retain", "--nights", "8").output == "")
        #expect(try fixture.run("retain", "--nights", "0").status == 64)
    }

    @Test func rolesAreMadeByMigrating() throws {
        let fixture = try Fixture()
        defer { fixture.sample.remove() }
        let outcome = try fixture.run("migrate", "--roles")
        #expect(outcome.status == 0 && outcome.output.contains("roles: apus_owner, apus_service, apus_operator"))
        #expect(
            try fixture.connection.query(
                "SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'alert'"
            ).scalar == "apus_owner")
    }
}

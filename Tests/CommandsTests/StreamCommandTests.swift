import Foundation
import Store
import TestSupport
import Testing

/// The commands of a stream as an operator runs them: as processes, by a configuration file.
@Suite(.enabled(if: PublishedModel.isPresent, Comment(rawValue: PublishedModel.absence)), .timeLimit(.minutes(5)))
struct StreamCommandTests {
    /// A topic, an empty database and a configuration that names them.
    final class Stream {
        let sample: Sample
        let topic = "alerts_\(UUID().uuidString.prefix(8).lowercased())"
        let database: String
        let broker: TemporaryBroker
        var configuration: String { sample.folder.appending(path: "apus.yaml").path }

        init(count: Int, badFraction: Double = 0) throws {
            sample = try Sample(count: count, badFraction: badFraction)
            broker = try TemporaryBroker.shared()
            try broker.createTopic(topic, partitions: 2)
            database = try TemporaryPostgres.shared().createDatabase()
            let yaml = """
                kafka:
                  brokers: \(broker.address)
                  topics: ^\(topic)$
                  group: \(topic)
                database:
                  connection: \(database)
                model:
                  path: t2.apus
                librdkafka:
                  session.timeout.ms: 6000
                log:
                  status_interval_ms: 500
                """
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: configuration))
        }

        func run(_ command: String, _ arguments: String..., environment: [String: String] = [:]) throws -> Executable.Outcome {
            try Executable.run([command, "--config", configuration] + arguments, environment: environment)
        }
    }

    @Test func alertsFlowFromReplayToTheDatabase() throws {
        let stream = try Stream(count: 500, badFraction: 0.05)
        defer { stream.sample.remove() }
        #expect(try stream.run("migrate").output.contains("applied migration 1"))
        #expect(try stream.run("migrate").output.hasPrefix("the database is at schema version"))
        let report = stream.sample.folder.appending(path: "run.json")
        let running = try Executable.Running(
            ["run", "--config", stream.configuration, "--report", report.path], folder: stream.sample.folder)
        let replay = try stream.run("replay", "--topic", stream.topic, "--rate", "2000/s", stream.sample.alerts)
        #expect(replay.status == 0 && replay.errors.contains("500 messages"), "\(replay.errors)")

        let connection = try Connection(stream.database)
        let isConsumed = try eventually(timeoutMs: 60_000) {
            try connection.query("SELECT sum(next_offset) FROM stream_offset").scalar == "500"
        }
        let outcome = try running.terminate()
        #expect(isConsumed && outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("stopped: consumed 500"))

        let account = try connection.query(
            "SELECT sum(consumed), sum(quarantined), bool_and(closes) FROM stream_account")
        #expect(account.rows.first?.first == "500" && account.rows.first?.last == "t")
        let totals = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: report)) as? [String: Any])
        #expect(totals["consumed"] as? Int == 500)
        let quarantined = try #require(totals["quarantined"] as? [String: Int])
        #expect("\(quarantined.values.reduce(0, +))" == account.rows.first?[1])
        #expect(quarantined.values.reduce(0, +) > 5)
    }

    @Test func repeatedReplaysAreNewAlerts() throws {
        let stream = try Stream(count: 50)
        defer { stream.sample.remove() }
        _ = try stream.run("migrate")
        let running = try Executable.Running(["run", "--config", stream.configuration], folder: stream.sample.folder)
        #expect(try stream.run("replay", "--topic", stream.topic, "--repeat", "3", stream.sample.alerts).status == 0)
        let connection = try Connection(stream.database)
        let isConsumed = try eventually(timeoutMs: 60_000) {
            try connection.query("SELECT sum(next_offset) FROM stream_offset").scalar == "150"
        }
        #expect(try running.terminate().status == 0 && isConsumed)
        #expect(try connection.query("SELECT count(*), count(DISTINCT night) FROM alert").rows.first == ["150", "3"])
        #expect(try connection.query("SELECT count(DISTINCT candid) FROM alert").scalar == "150")
    }

    @Test func checkSaysWhatIsWrongALineEach() throws {
        let stream = try Stream(count: 1)
        defer { stream.sample.remove() }
        let before = try stream.run("check")
        #expect(before.status == 1 && before.output.contains("apus migrate"))
        _ = try stream.run("migrate")
        let good = try stream.run("check")
        #expect(good.status == 0, "\(good.output)")
        #expect(good.output.split(separator: "\n").allSatisfy { $0.hasPrefix("ok") })
        for part in ["configuration", "model", "database", "broker"] { #expect(good.output.contains(part)) }

        let noBroker = try stream.run("check", environment: ["APUS_KAFKA__BROKERS": "127.0.0.1:1"])
        #expect(noBroker.status == 1 && noBroker.output.contains("127.0.0.1:1"))
        let noTopic = try stream.run("check", environment: ["APUS_KAFKA__TOPICS": "no_such_topic"])
        #expect(noTopic.status == 1 && noTopic.output.contains("no_such_topic"))
        let noDatabase = try stream.run(
            "check", environment: ["APUS_DATABASE__CONNECTION": "host=127.0.0.1 port=1 dbname=apus connect_timeout=2"])
        #expect(noDatabase.status == 1 && noDatabase.output.contains("database"))
        let noModel = try stream.run("check", environment: ["APUS_MODEL__PATH": "/nonexistent.apus"])
        #expect(noModel.status == 1 && noModel.output.contains("/nonexistent.apus"))
    }

    @Test func aWrongConfigurationEndsACommandWithTheReason() throws {
        let stream = try Stream(count: 1)
        defer { stream.sample.remove() }
        let unknown = try stream.run("run", environment: ["APUS_KAFKA__BROKER": "x"])
        #expect(unknown.status == 1 && unknown.errors.contains("did you mean 'kafka.brokers'"))
        let setting = try stream.run("run", environment: ["APUS_LIBRDKAFKA__NO_SUCH_SETTING": "x"])
        #expect(setting.status == 1 && setting.errors.contains("no.such.setting"))
        let usage = try Executable.run(["replay", "--rate", "300/s"])
        #expect(usage.status == 64)
        let rate = try stream.run("replay", "--topic", "x", "--rate", "fast", stream.sample.alerts)
        #expect(rate.status == 1 && rate.errors.contains("300/s"))
    }

    @Test func everyCommandExplainsItself() throws {
        for command in ["run", "migrate", "check", "classify", "replay", "simulate", "model", "schema"] {
            let help = try Executable.run([command, "--help"])
            #expect(help.status == 0 && help.output.contains("OVERVIEW"), "\(command)")
        }
    }
}

import Foundation
import TestSupport
import Testing

@Suite("The tests' own servers")
struct TemporaryServersTests {
    @Test("each created database is empty and answers")
    func databases() throws {
        let server = try TemporaryPostgres.shared()
        let first = try server.createDatabase()
        let second = try server.createDatabase()
        #expect(first != second)
        let count = try Shell.run(
            "/usr/bin/env", "psql", "-X", "-At", "-d", second, "-c", "SELECT count(*) FROM pg_stat_user_tables")
        #expect(count == "0\n")
    }

    @Test("a stopped broker starts again on its port")
    func brokerRestarts() throws {
        let broker = try TemporaryBroker()
        try broker.stop()
        #expect(throws: Shell.Failure.self) { try Shell.run("Deploy/broker", "status", broker.folder.path) }
        try broker.restart()
        #expect(try Shell.run("Deploy/broker", "status", broker.folder.path) == "running on \(broker.address)\n")
        try broker.createTopic("alerts", partitions: 3)
        #expect(throws: Shell.Failure.self) { try broker.createTopic("alerts", partitions: 3) }
        try broker.stop()
    }

    @Test("a failing command's error holds its output")
    func failure() throws {
        let failure = try #require(throws: Shell.Failure.self) {
            try Shell.run("/bin/sh", "-c", "echo reason >&2; exit 3")
        }
        #expect(failure.status == 3)
        #expect(failure.output == "reason\n")
    }
}

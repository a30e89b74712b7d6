import Alerts
import AvroCoding
import Foundation
import Pipeline
import SchemaRegistry
import Store
import Telemetry
import TestSupport
import Testing

/// Streams of Confluent frames while the schema registry is down, slow, broken and right.
@Suite(.enabled(if: PublishedModel.isPresent, Comment(rawValue: PublishedModel.absence)), .timeLimit(.minutes(5)))
struct SchemaOutageTests {
    private static func source(_ server: RegistryServer, waitUnknownMs: Int = 60_000) throws -> SchemaSource {
        try RegistryClient(
            RegistryConfiguration(url: server.url, waitUnknownMs: waitUnknownMs, timeoutMs: 300)
        ).source
    }

    /// Waits until the pipeline has tried this many times more.
    private func waitForRetries(_ count: Int, _ pipeline: StreamPipeline) throws {
        let before = pipeline.telemetry.snapshot.schemaRetries
        let isDone = eventually(timeoutMs: 60_000) { pipeline.telemetry.snapshot.schemaRetries >= before + count }
        try #require(isDone, "the pipeline does not try again")
    }

    @Test func nothingIsLostOrQuarantinedWhileTheRegistryIsDownSlowOrTalksNonsense() throws {
        let fixture = try StreamFixture()
        let server = try RegistryServer(schemas: [7: ZTFSchema.simulated])
        server.stop()
        let messages = try StreamFixture.messages(400, schemaId: 7)
        let pipeline = fixture.pipeline(schemas: try Self.source(server))
        let running = RunningPipeline(pipeline)
        try fixture.send(messages)
        try waitForRetries(3, pipeline)
        server.behaviour = .slow
        try server.restart()
        try waitForRetries(3, pipeline)
        for behaviour: RegistryServer.Behaviour in [
            .answer(status: 200, body: "<html>"), .answer(status: 500, body: ""),
            .answer(status: 404, body: "no such page"), .answer(status: 401, body: "{}"),
        ] {
            server.behaviour = behaviour
            try waitForRetries(2, pipeline)
        }
        #expect(try fixture.number("SELECT count(*) FROM alert") == 0)
        server.behaviour = .right
        try fixture.waitUntilConsumed(400)
        try running.stop()
        #expect(try fixture.number("SELECT count(*) FROM alert") == 400)
        #expect(try fixture.number("SELECT count(*) FROM quarantine") == 0)
        #expect(try fixture.number("SELECT count(*) FROM classification") > 50)
        #expect(try fixture.number("SELECT sum(consumed) FROM stream_account WHERE closes") == 400)
    }

    @Test func anUnknownIdIsQuarantinedAfterTheWaitAndTheRestIsUnaffected() throws {
        let fixture = try StreamFixture(partitions: 1)
        let server = try RegistryServer(schemas: [7: ZTFSchema.simulated])
        var messages = try StreamFixture.messages(60, schemaId: 7)
        let strange = try StreamFixture.messages(60, schemaId: 8)
        for index in [10, 40, 59] { messages[index] = strange[index] }
        let pipeline = fixture.pipeline(batchMessages: 16, schemas: try Self.source(server, waitUnknownMs: 1_500))
        let start = Date()
        let running = RunningPipeline(pipeline)
        try fixture.send(messages, partitions: 1)
        try fixture.waitUntilConsumed(60)
        #expect(Date().timeIntervalSince(start) >= 1.5)
        try running.stop()
        let rows = try fixture.connection.query("SELECT kafka_offset, reason, detail FROM quarantine ORDER BY kafka_offset")
        #expect(rows.rows.map { $0[0] } == ["10", "40", "59"])
        #expect(rows.rows.allSatisfy { $0[1] == "unknown_schema_id" && $0[2]?.contains("id 8") == true })
        #expect(try fixture.number("SELECT count(*) FROM alert") == 57)
        #expect(try fixture.number("SELECT count(*) FROM stream_account WHERE closes") == 1)
        #expect(pipeline.telemetry.snapshot.schemaRetries > 0)
    }

    @Test func anIdThatIsRegisteredWithinTheWaitIsClassifiedLikeAnyOther() throws {
        let fixture = try StreamFixture(partitions: 1)
        let server = try RegistryServer()
        let pipeline = fixture.pipeline(schemas: try Self.source(server))
        let running = RunningPipeline(pipeline)
        try fixture.send(try StreamFixture.messages(40, schemaId: 9), partitions: 1)
        try waitForRetries(2, pipeline)
        server.set(schema: ZTFSchema.simulated, id: 9)
        try fixture.waitUntilConsumed(40)
        try running.stop()
        #expect(try fixture.number("SELECT count(*) FROM alert") == 40)
        #expect(try fixture.number("SELECT count(*) FROM quarantine") == 0)
    }

    @Test func aPipelineThatStopsWhileItWaitsReadsTheSameMessagesAtItsNextStart() throws {
        let fixture = try StreamFixture()
        let server = try RegistryServer(schemas: [7: ZTFSchema.simulated])
        server.stop()
        // Containers first: they need no registry. Then frames, then containers again.
        let containers = try StreamFixture.messages(60)
        try fixture.send(containers)
        let pipeline = fixture.pipeline(batchMessages: 16, schemas: try Self.source(server))
        let first = RunningPipeline(pipeline)
        try fixture.waitUntilConsumed(60)
        try fixture.send(try StreamFixture.messages(120, seed: 12, schemaId: 7) + StreamFixture.messages(60, seed: 13))
        try waitForRetries(2, pipeline)
        let start = Date()
        try first.stop()
        #expect(Date().timeIntervalSince(start) < 15, "stopping does not wait for the registry")
        #expect(try fixture.number("SELECT count(*) FROM quarantine") == 0)

        try server.restart()
        let second = RunningPipeline(fixture.pipeline(schemas: try Self.source(server)))
        try fixture.waitUntilConsumed(240)
        try second.stop()
        #expect(try fixture.number("SELECT count(*) FROM alert") == 240)
        #expect(try fixture.number("SELECT count(*) FROM quarantine") == 0)
        #expect(try fixture.number("SELECT count(*) FROM skip WHERE reason = 'duplicate'") == 0)
        #expect(try fixture.number("SELECT sum(consumed) FROM stream_account WHERE closes") == 240)
    }
}

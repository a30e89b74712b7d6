import Foundation
import Pipeline
import Store
import Telemetry
import TestSupport
import Testing

@Suite(.enabled(if: PublishedModel.isPresent, Comment(rawValue: PublishedModel.absence)), .timeLimit(.minutes(5)))
struct StreamPipelineTests {
    @Test func everyAlertIsClassifiedOrHasAReasonAndTheAccountCloses() throws {
        let fixture = try StreamFixture()
        let messages = try StreamFixture.messages(1000)
        try fixture.send(messages)
        let pipeline = fixture.pipeline()
        let running = RunningPipeline(pipeline)
        try fixture.waitUntilConsumed(messages.count)
        try running.stop()
        #expect(try fixture.number("SELECT count(*) FROM alert") == 1000)
        #expect(try fixture.number("SELECT sum(consumed) FROM stream_account") == 1000)
        #expect(try fixture.number("SELECT count(*) FROM stream_account WHERE closes") == 3)
        let classified = try fixture.number("SELECT count(*) FROM classification")
        #expect(classified > 200)
        #expect(try fixture.number("SELECT count(*) FROM skip WHERE reason <> 'duplicate'") == 1000 - classified)
        let counters = pipeline.telemetry.snapshot.counters
        #expect(counters.consumed == 1000 && counters.classified == classified && counters.messages == 1000)
        #expect(counters.bytes == messages.map(\.count).reduce(0, +))
    }

    @Test func damagedMessagesAreQuarantinedWithTheirPlaceAndReasonAndTheRestIsUnaffected() throws {
        let fixture = try StreamFixture(partitions: 1)
        var messages = try StreamFixture.messages(60)
        let good = messages
        messages[10] = Array(good[10].prefix(good[10].count / 2))  // truncated
        messages[20] = []
        messages[30] = Array("not an alert".utf8)
        messages[40] = good[40]
        messages[40][20] ^= 0xFF  // in the header's schema length
        messages[50] = Array(good[50].prefix(3))
        try fixture.send(messages, partitions: 1)
        let running = RunningPipeline(fixture.pipeline(batchMessages: 16))
        try fixture.waitUntilConsumed(60)
        try running.stop()
        let rows = try fixture.connection.query(
            """
            SELECT t.name, q.partition, q.kafka_offset, q.reason, q.detail, q.payload_length
            FROM quarantine q JOIN topic t ON t.id = q.topic_id ORDER BY q.kafka_offset
            """)
        #expect(rows.rows.map { $0[2] } == ["10", "20", "30", "40", "50"])
        for row in rows.rows {
            #expect(row[0] == fixture.topic && row[1] == "0")
            #expect(row[3]?.isEmpty == false && row[4]?.isEmpty == false)
        }
        #expect(rows.rows.map { $0[5] } == [10, 20, 30, 40, 50].map { "\(messages[$0].count)" })
        #expect(try fixture.number("SELECT count(*) FROM alert") == 55)
        #expect(try fixture.number("SELECT count(*) FROM stream_account WHERE closes") == 1)
    }

    @Test func aStoppedStreamGoesOnWhereItStood() throws {
        let fixture = try StreamFixture()
        let messages = try StreamFixture.messages(600)
        try fixture.send(Array(messages[..<250]))
        let first = RunningPipeline(fixture.pipeline())
        try fixture.waitUntilConsumed(250)
        try first.stop()
        try fixture.send(Array(messages[250...]))
        let second = RunningPipeline(fixture.pipeline())
        try fixture.waitUntilConsumed(600)
        try second.stop()
        #expect(try fixture.number("SELECT count(*) FROM alert") == 600)
        #expect(try fixture.number("SELECT count(*) FROM skip WHERE reason = 'duplicate'") == 0)
        #expect(try fixture.number("SELECT sum(consumed) FROM stream_account WHERE closes") == 600)
    }

    @Test func anAlertThatIsSentAgainIsADuplicateAndChangesNothing() throws {
        let fixture = try StreamFixture()
        let messages = try StreamFixture.messages(100)
        try fixture.send(messages + messages)
        let running = RunningPipeline(fixture.pipeline())
        try fixture.waitUntilConsumed(200)
        try running.stop()
        #expect(try fixture.number("SELECT count(*) FROM alert") == 100)
        #expect(try fixture.number("SELECT count(*) FROM skip WHERE reason = 'duplicate'") == 100)
        #expect(try fixture.number("SELECT sum(consumed) FROM stream_account WHERE closes") == 200)
    }

    @Test func twoInstancesShareTheStreamWithoutLossOrDoubling() throws {
        let fixture = try StreamFixture(partitions: 4)
        let messages = try StreamFixture.messages(1200)
        try fixture.send(Array(messages[..<600]), partitions: 4)
        let first = RunningPipeline(fixture.pipeline(batchMessages: 32))
        let second = RunningPipeline(fixture.pipeline(batchMessages: 32))
        try fixture.waitUntilConsumed(600)
        try fixture.send(Array(messages[600...]), partitions: 4)
        try fixture.waitUntilConsumed(1200)
        try first.stop()
        try second.stop()
        #expect(try fixture.number("SELECT count(*) FROM alert") == 1200)
        #expect(try fixture.number("SELECT count(*) FROM skip WHERE reason = 'duplicate'") == 0)
        #expect(try fixture.number("SELECT sum(consumed) FROM stream_account WHERE closes") == 1200)
    }

    @Test func aPartitionClaimedFromOutsideIsReadAgainAndNothingIsLost() throws {
        let fixture = try StreamFixture(partitions: 2)
        let messages = try StreamFixture.messages(400)
        let pipeline = fixture.pipeline(batchMessages: 9)
        let running = RunningPipeline(pipeline)
        let isClaimed = try eventually(timeoutMs: 60_000) {
            try fixture.number("SELECT count(*) FROM stream_offset") == 2
        }
        try #require(isClaimed)
        _ = try StreamOffsets(fixture.connection).claim([(topic: fixture.topic, partition: 0)])
        try fixture.send(messages, partitions: 2)
        try fixture.waitUntilConsumed(400)
        try running.stop()
        #expect(pipeline.telemetry.snapshot.fencedBatches > 0)
        #expect(try fixture.number("SELECT count(*) FROM alert") == 400)
        #expect(try fixture.number("SELECT sum(consumed) FROM stream_account WHERE closes") == 400)
    }

    @Test func theNumberOfWorkersAndTheBatchSizeDoNotChangeAResult() throws {
        let messages = try StreamFixture.messages(300)
        var digests: Set<String> = []
        for (workers, batchMessages) in [(1, 300), (2, 17), (3, 50)] {
            let fixture = try StreamFixture()
            try fixture.send(messages)
            let running = RunningPipeline(fixture.pipeline(batchMessages: batchMessages, workers: workers))
            try fixture.waitUntilConsumed(300)
            try running.stop()
            let digest = try fixture.connection.query(
                "SELECT md5(string_agg(candid::text || top_class || probabilities::text, ',' ORDER BY candid)) FROM classification")
            digests.insert(try #require(digest.scalar))
        }
        #expect(digests.count == 1)
    }

    @Test func aDatabaseThatGoesAwayIsWaitedFor() throws {
        let server = try TemporaryPostgres()
        let fixture = try StreamFixture(database: server.createDatabase())
        let messages = try StreamFixture.messages(400)
        let pipeline = fixture.pipeline()
        let running = RunningPipeline(pipeline)
        try fixture.send(Array(messages[..<200]))
        try fixture.waitUntilConsumed(200)
        try server.stop()
        try fixture.send(Array(messages[200...]))
        let isRetrying = eventually(timeoutMs: 30_000) { pipeline.telemetry.snapshot.writeRetries > 0 }
        #expect(isRetrying)
        try server.restart()
        // The connection learns that it is broken by being used.
        _ = try? fixture.number("SELECT 1")
        try fixture.connection.reopenIfLost()
        try fixture.waitUntilConsumed(400)
        try running.stop()
        #expect(try fixture.number("SELECT count(*) FROM alert") == 400)
        #expect(try fixture.number("SELECT count(*) FROM quarantine") == 0)
        #expect(try fixture.number("SELECT sum(consumed) FROM stream_account WHERE closes") == 400)
        try server.stop()
    }

    @Test func anUnmigratedDatabaseIsRefusedWithTheWayOut() throws {
        let fixture = try StreamFixture(isMigrated: false)
        do {
            try RunningPipeline(fixture.pipeline()).wait()
            Issue.record("the pipeline ran on an empty database")
        } catch let error as PipelineError {
            #expect("\(error)".contains("apus migrate"))
        }
    }
}

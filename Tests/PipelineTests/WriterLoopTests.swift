import Alerts
import Foundation
import Logging
import Pipeline
import Store
import Telemetry
import TestSupport
import Testing

@Suite struct WriterLoopTests {
    /// A batch of one skipped alert for each offset of each range.
    private func batch(
        _ ranges: [(StreamOffsets.Claim, Range<Int64>)], sequence: UInt64, membership: Int
    ) -> Finished {
        var results = ResultBatch()
        for (claim, offsets) in ranges {
            results.offsets.append(
                .init(
                    topicId: claim.topicId, partition: claim.partition, generation: claim.generation,
                    firstOffset: offsets.lowerBound, nextOffset: offsets.upperBound))
            for offset in offsets {
                let candid = Int64(claim.partition) * 1000 + offset
                results.append(
                    Alert(survey: .ztf, candid: candid, objectId: ObjectId(candid), jd: 2_460_000, band: .g),
                    from: .init(
                        topicId: claim.topicId, partition: claim.partition, offset: offset, alertIndex: 0, timestampMs: 0),
                    outcome: .skipped("too_old"))
            }
        }
        return Finished(
            sequence: sequence, membership: membership, isComplete: true, results: results,
            messageCount: results.count, byteCount: 0)
    }

    @Test func behindARefusedBatchNothingOfItsMembershipIsCommitted() throws {
        let database = try TemporaryPostgres.shared().createDatabase()
        let connection = try Connection(database)
        _ = try Migrator(connection).migrate()
        let model = try ModelRegistry(connection).register(
            name: "m", sha256: String(repeating: "a", count: 64), preset: "fink-t2", classes: ["a", "b"])
        let offsets = StreamOffsets(connection)
        let old = try offsets.claim([(topic: "t", partition: 0), (topic: "t", partition: 1)])
        _ = try offsets.claim([(topic: "t", partition: 0)])

        let finished = BoundedQueue<Finished>(capacity: 4)
        let (inFlight, rejoin, telemetry) = (InFlight(), RejoinRequest(), RunTelemetry())
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            WriterLoop(
                database: database, modelId: model, finished: finished, pool: ResultPool(), inFlight: inFlight,
                committed: CommittedOffsets(), telemetry: telemetry, stop: StopSignal(drainTimeoutMs: 1000),
                rejoin: rejoin, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ).run()
            ended.signal()
        }
        func send(_ batch: Finished) {
            inFlight.enter()
            #expect(finished.push(batch))
        }
        // Partition 0 belongs to somebody else, so the first batch is refused whole. Of partition 1 nothing is stored: the
        // database alone would take the second batch, and offsets 0 to 2 would be lost.
        send(batch([(old[0], 0..<3), (old[1], 0..<3)], sequence: 0, membership: 1))
        send(batch([(old[1], 3..<6)], sequence: 1, membership: 1))
        #expect(inFlight.waitUntilEmpty(timeoutMs: 30_000))
        #expect(try connection.query("SELECT count(*) FROM alert").scalar == "0")
        let again = try offsets.claim([(topic: "t", partition: 1)])
        send(batch([(again[0], 0..<6)], sequence: 2, membership: 2))
        finished.close()
        ended.wait()

        #expect(rejoin.isPending && inFlight.count == 0)
        #expect(telemetry.snapshot.fencedBatches == 2)
        let stored = try connection.query("SELECT partition, count(*) FROM alert GROUP BY 1")
        #expect(stored.rows == [["1", "6"]])
    }
}

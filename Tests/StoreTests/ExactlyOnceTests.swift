import Alerts
import Dispatch
import Foundation
import Store
import Synchronization
import Testing

struct ExactlyOnceTests {
    @Test func aBatchWrittenAgainChangesNothing() throws {
        let database = try Database()
        let claim = try database.claim()
        let writer = try database.writer()
        var batch = ResultBatch(claim, 0..<50) { $0 % 40 }
        batch.offsets[0].nextOffset = 51
        batch.quarantine(claim, 50, detail: "cut short", payload: [1, 2, 3])
        let first = try writer.write(batch)
        #expect(first.consumed == 51 && !first.wasAlreadyWritten)
        let before = try database.digest()
        let second = try writer.write(batch)
        #expect(second.wasAlreadyWritten && second.consumed == 0 && second.committedAtMs == nil)
        #expect(try database.digest() == before)
        #expect(try database.count("batch") == 1)
    }

    @Test func aStaleWriterFailsWhole() throws {
        let database = try Database()
        let mine = try database.claim("alerts", 0)
        let kept = try database.claim("alerts", 1)
        let writer = try database.writer()
        _ = try writer.write(ResultBatch(mine, 0..<10) { $0 })
        let other = try Connection(database.conninfo)
        let theirs = try StreamOffsets(other).claim([(topic: "alerts", partition: 0)])
        #expect(theirs.first?.nextOffset == 10)
        #expect(theirs.first?.generation == mine.generation + 1)

        var batch = ResultBatch(mine, 10..<20) { $0 }
        batch.offsets += ResultBatch(kept, 0..<1).offsets
        batch.skip(makeAlert(999), kept, 0, "too_few_points")
        let before = try database.digest()
        let error = storeError { _ = try writer.write(batch) }
        #expect(
            error == .fenced(topic: "alerts", partition: 0, generation: mine.generation, current: mine.generation + 1))
        #expect(error?.isRetriable == false)
        #expect(try database.digest() == before)

        let theirWriter = try ResultWriter(other, modelId: database.modelId)
        #expect(try theirWriter.write(ResultBatch(try #require(theirs.first), 10..<20) { $0 }).consumed == 10)
        #expect(try database.closes())
    }

    @Test func aBatchThatLeavesAGapIsRefused() throws {
        let database = try Database()
        let claim = try database.claim()
        let writer = try database.writer()
        _ = try writer.write(ResultBatch(claim, 0..<10) { $0 })
        for offsets in [Int64(11)..<20, 5..<15] {
            let error = storeError { _ = try writer.write(ResultBatch(claim, offsets) { $0 }) }
            #expect(
                error == .outOfOrder(topic: "alerts", partition: 0, firstOffset: offsets.lowerBound, nextOffset: 10))
        }
        #expect(try database.count("alert") == 10)
    }

    @Test func claimsComeInTheOrderAskedForAndNumberEachTopicOnce() throws {
        let database = try Database()
        let asked: [(topic: String, partition: Int32)] = [("b", 1), ("a", 3), ("b", 0), ("a", 3)]
        let claims = try StreamOffsets(database.connection).claim(asked)
        #expect(claims.map(\.topic) == ["b", "a", "b", "a"])
        #expect(claims.map(\.partition) == [1, 3, 0, 3])
        #expect(claims.map(\.generation) == [1, 1, 1, 1])
        #expect(try database.count("topic") == 2)
        #expect(try StreamOffsets(database.connection).claim(asked).map(\.generation) == [2, 2, 2, 2])
        #expect(try StreamOffsets(database.connection).claim([]) == [])
    }

    @Test func aClaimWaitsForABatchThatIsBeingCommitted() throws {
        let database = try Database()
        _ = try database.claim()
        let conninfo = database.conninfo
        let taken = Mutex<[Int64?]>([])
        let finished = DispatchSemaphore(value: 0)
        var waited = false
        try database.connection.transaction { () throws(StoreError) in
            _ = try database.connection.query("UPDATE stream_offset SET next_offset = 77")
            Thread.detachNewThread {
                let claims = try? StreamOffsets(Connection(conninfo)).claim([(topic: "alerts", partition: 0)])
                taken.withLock { $0 = claims?.map(\.nextOffset) ?? [] }
                finished.signal()
            }
            // The server shows the claim waiting for a lock; each look is a round trip, and it is not there for ever.
            let monitor = try Connection(conninfo)
            for _ in 0..<100_000 where !waited {
                waited =
                    try monitor.query(
                        """
                        SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'
                        """
                    ).scalar == "1"
            }
        }
        finished.wait()
        #expect(waited)
        #expect(taken.withLock { $0 } == [77])
    }

    @Test func aConnectionKilledInATransactionLeavesNothingAndTheWriterRecovers() throws {
        let database = try Database()
        try database.connection.execute(
            """
            CREATE FUNCTION end_session() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
            CREATE TRIGGER end_session AFTER INSERT ON classification FOR EACH STATEMENT EXECUTE FUNCTION end_session();
            """)
        let claim = try database.claim()
        let writer = try database.writer()
        let batch = ResultBatch(claim, 0..<100) { $0 }
        let error = try #require(storeError { _ = try writer.write(batch) })
        #expect(error.isRetriable)
        #expect(!database.connection.isOpen)
        try Connection(database.conninfo).execute("DROP TRIGGER end_session ON classification")
        #expect(try writer.write(batch).consumed == 100)
        #expect(try database.count("alert") == 100)
        #expect(try database.closes())
    }

    @Test func aCommitWhoseAnswerWasLostIsRecognised() throws {
        let database = try Database()
        let claim = try database.claim()
        let writer = try database.writer()
        let batch = ResultBatch(claim, 0..<100) { $0 }
        _ = try writer.write(batch)
        // To the writer this is the same as losing the connection after the commit and before its answer.
        try database.terminate(database.connection)
        #expect(storeError { _ = try writer.write(batch) }?.isRetriable == true)
        #expect(try writer.write(batch).wasAlreadyWritten)
        #expect(try Account(from: database.connection).consumed == 100)
    }

    @Test func twoWritersWithTheSameAlertsInOppositeOrderBothFinish() throws {
        let database = try Database()
        let claims = try [database.claim("alerts", 0), database.claim("alerts", 1)]
        let failures = Mutex<[String]>([])
        let (conninfo, modelId) = (database.conninfo, database.modelId)
        DispatchQueue.concurrentPerform(iterations: 2) { worker in
            do {
                let writer = try ResultWriter(Connection(conninfo), modelId: modelId)
                for start in stride(from: Int64(0), to: 4000, by: 500) {
                    let batch = ResultBatch(claims[worker], start..<start + 500) { worker == 0 ? $0 : 3999 - $0 }
                    _ = try writer.write(batch)
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        let account = try Account(from: database.connection)
        #expect(try account.closes && Account.mismatches(in: database.connection).isEmpty)
        #expect(account.consumed == 8000 && account.duplicates == 4000)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func anyMixOfCrashesAndRepetitionsLeavesWhatAnUndisturbedRunLeaves(seed: UInt64) throws {
        let end: Int64 = 3000
        func candid(_ offset: Int64) -> Int64 { offset * 7919 % 2500 }
        let calm = try Database()
        let calmClaim = try calm.claim()
        _ = try calm.writer().write(ResultBatch(calmClaim, 0..<end, candid: candid))

        let database = try Database()
        var generator = SplitMix64(seed: seed)
        var claim = try database.claim()
        var connection = try Connection(database.conninfo)
        var writer = try ResultWriter(connection, modelId: database.modelId)
        var next: Int64 = 0
        var last: ResultBatch?
        while next < end {
            let batch = ResultBatch(
                claim, next..<min(end, next + Int64.random(in: 1...200, using: &generator)), candid: candid)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0:  // the connection dies, the batch is tried again
                try database.terminate(connection)
                #expect(storeError { _ = try writer.write(batch) }?.isRetriable == true)
            case 1:  // another instance takes over, from what the database says
                claim = try database.claim()
                #expect(claim.nextOffset ?? 0 == next)
                connection = try Connection(database.conninfo)
                writer = try ResultWriter(connection, modelId: database.modelId)
                last = nil
                continue
            case 2:  // the previous batch comes again
                if let last { #expect(try writer.write(last).wasAlreadyWritten) }
            default: break
            }
            _ = try writer.write(batch)
            next = batch.offsets[0].nextOffset
            last = batch
        }
        #expect(try database.digest() == calm.digest())
        #expect(try database.closes())
    }
}

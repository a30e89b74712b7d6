import Alerts
import AvroCoding
import LightCurves
import Logging
import Store
import Streaming
import Telemetry

/// One worker thread: decodes and classifies batches of messages.
struct WorkerLoop {
    let classifier: BatchClassifier
    let work: BoundedQueue<Work>
    let finished: BoundedQueue<Finished>
    let pool: ResultPool
    let inFlight: InFlight
    let telemetry: RunTelemetry
    let stop: StopSignal
    let logger: Logger

    /// Runs until the work queue is closed and empty.
    func run() {
        // After a batch that was given up none of the later ones can be committed, so none is begun.
        var hasGivenUp = false
        while let next = work.pop() {
            do {
                let results = try hasGivenUp ? givenUp(next, pool.take()) : results(of: next)
                hasGivenUp = !results.isComplete
                guard finished.push(results) else { return }
            } catch {
                // The batch is not committed, so nothing is lost; later ones of its partitions cannot be either.
                stop.set(now: MonotonicClock.nanoseconds, error: error)
                inFlight.leave()
            }
        }
    }

    private func results(of work: Work) throws(PipelineError) -> Finished {
        let messages = work.messages
        var results = pool.take()
        classifier.removeAll()
        results.offsets.append(contentsOf: work.ranges)
        results.receivedAtMs = messages.receivedAtMs

        // Sources of the decoded alerts, in their order; outcomes follow when the whole batch is classified.
        var sources: [ResultBatch.Source] = []
        sources.reserveCapacity(messages.count)
        guard decodeAll(work, &sources, &results) else { return givenUp(work, results) }
        results.decodedAtMs = WallClock.milliseconds

        try classifier.classify()
        results.classifiedAtMs = WallClock.milliseconds
        var row: Int32 = 0
        for (index, alert) in classifier.alerts.alerts.enumerated() {
            if let reason = classifier.skips[index] {
                results.append(alert, from: sources[index], outcome: .skipped(reason.name))
            } else {
                results.append(alert, from: sources[index], outcome: .classified(row: row))
                row += 1
            }
        }
        results.probabilities.append(contentsOf: classifier.probabilities)
        telemetry.addStages(classifier.times)
        return Finished(
            sequence: work.sequence, membership: work.membership, isComplete: true, results: results,
            messageCount: messages.count, byteCount: messages.byteCount)
    }

    private func givenUp(_ work: Work, _ results: ResultBatch) -> Finished {
        Finished(
            sequence: work.sequence, membership: work.membership, isComplete: false, results: results,
            messageCount: work.messages.count, byteCount: work.messages.byteCount)
    }

    /// Decodes every message of a batch; those whose schema cannot be had now are tried again until it can.
    ///
    /// False when the pipeline stops first: then the batch is not to be committed, and is read again at the next start.
    private func decodeAll(
        _ work: Work, _ sources: inout [ResultBatch.Source], _ results: inout ResultBatch
    ) -> Bool {
        var pass = decode(0..<work.messages.count, of: work, &sources, &results)
        guard var reason = pass.reason else { return true }
        let start = MonotonicClock.nanoseconds
        var backoff = Backoff(seed: start ^ work.sequence)
        // Two lines a batch, however long it takes; the attempts are counted in the status line.
        logger.warning(
            "messages wait for their schema", metadata: ["messages": "\(pass.waiting.count)", "reason": "\(reason)"])
        while true {
            telemetry.addSchemaRetry()
            guard !stop.wait(ms: backoff.nextDelayMs()) else {
                logger.warning(
                    "batch given up undecoded, to be read again at the next start", metadata: ["reason": "\(reason)"])
                return false
            }
            pass = decode(pass.waiting, of: work, &sources, &results)
            guard let next = pass.reason else { break }
            reason = next
        }
        let waited = MonotonicClock.seconds(since: start)
        logger.info("messages waited for their schema", metadata: ["seconds": "\((waited * 10).rounded() / 10)"])
        return true
    }

    /// Decodes the messages with these indices; returns those that have to wait, and why the last of them has to.
    private func decode(
        _ indices: some Sequence<Int>, of work: Work, _ sources: inout [ResultBatch.Source],
        _ results: inout ResultBatch
    ) -> (waiting: [Int], reason: AvroError?) {
        let start = MonotonicClock.nanoseconds
        var waiting: [Int] = []
        var reason: AvroError?
        for index in indices {
            guard let error = decode(work.messages, index, work, &sources, &results) else { continue }
            waiting.append(index)
            reason = error
        }
        classifier.addDecodeSeconds(MonotonicClock.seconds(since: start))
        return (waiting, reason)
    }

    /// Decodes one message into the classifier's batch, or puts it into quarantine; returns the error of one that has to
    /// wait, of which nothing has been kept.
    private func decode(
        _ messages: MessageBatch, _ index: Int, _ work: Work, _ sources: inout [ResultBatch.Source],
        _ results: inout ResultBatch
    ) -> AvroError? {
        let range = work.ranges[messages.partitionIndex(at: index)]
        var source = ResultBatch.Source(
            topicId: range.topicId, partition: range.partition, offset: messages.offset(at: index),
            alertIndex: ResultBatch.Source.wholeMessage, timestampMs: messages.timestampMs(at: index))
        let payload = messages.payload(at: index)
        do {
            let count = try classifier.decode(payload)
            for alertIndex in 0..<count {
                source.alertIndex = Int32(alertIndex)
                sources.append(source)
            }
            return nil
        } catch {
            if error.isRetriable { return error }
            payload.withUnsafeBytes { bytes in
                results.quarantined.append(
                    .init(source: source, reason: error.kind, detail: error.description, payload: bytes))
            }
            return nil
        }
    }
}

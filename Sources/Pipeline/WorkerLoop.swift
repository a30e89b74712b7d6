import Alerts
import AvroCoding
import LightCurves
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

    /// Runs until the work queue is closed and empty.
    func run() {
        while let next = work.pop() {
            do {
                let results = try results(of: next)
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

        let start = MonotonicClock.nanoseconds
        // Sources of the decoded alerts, in their order; outcomes follow when the whole batch is classified.
        var sources: [ResultBatch.Source] = []
        sources.reserveCapacity(messages.count)
        for index in 0..<messages.count {
            decode(messages, index, work, &sources, &results)
        }
        results.decodedAtMs = WallClock.milliseconds
        classifier.addDecodeSeconds(MonotonicClock.seconds(since: start))

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
            sequence: work.sequence, results: results, messageCount: messages.count, byteCount: messages.byteCount)
    }

    /// Decodes one message into the classifier's batch, or puts it into quarantine.
    private func decode(
        _ messages: MessageBatch, _ index: Int, _ work: Work, _ sources: inout [ResultBatch.Source],
        _ results: inout ResultBatch
    ) {
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
        } catch {
            payload.withUnsafeBytes { bytes in
                results.quarantined.append(
                    .init(source: source, reason: error.kind, detail: error.description, payload: bytes))
            }
        }
    }
}

import Foundation
import Inference
import Telemetry

/// One thread's engine, inputs and result array.
// SAFETY: each is used by one thread at a time, the one that concurrentPerform gave its index to.
final class InferWorker: @unchecked Sendable {
    private let engine: any Engine
    private let inputs: [Float]
    private let rows: BatchRows
    private let scalars: [Float]
    private var probabilities: [Float] = []

    /// Takes the first `batch` rows of the data, over and over if it has fewer.
    init(_ engine: any Engine, _ data: InferData, batch: Int) {
        self.engine = engine
        (inputs, rows, scalars) = data.batch(batch)
    }

    func secondsPerRow(atLeast seconds: Double) throws -> Double {
        let (inputs, scalars) = (inputs, scalars)
        let start = MonotonicClock.nanoseconds
        var (count, elapsed) = (0, 0.0)
        repeat {
            try engine.classify(inputs.span, rows, scalars: scalars.span, into: &probabilities)
            count += rows.count
            elapsed = MonotonicClock.seconds(since: start)
        } while elapsed < seconds
        return elapsed / Double(count)
    }
}

/// What threads measured.
// SAFETY: every access is under the lock.
final class ThreadResults: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [Result<Double, any Error>] = []

    func set(_ result: Result<Double, any Error>) {
        lock.withLock { results.append(result) }
    }

    /// Seconds a row of all threads together: rates add up.
    func combined() throws -> Double {
        let rate = try lock.withLock { try results.reduce(0.0) { try $0 + 1 / $1.get() } }
        return 1 / rate
    }
}

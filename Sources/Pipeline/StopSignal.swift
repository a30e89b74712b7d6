import Dispatch
import Synchronization

/// Tells every thread of a pipeline to stop, and keeps the first error that made one ask for it.
package final class StopSignal: Sendable {
    private struct State {
        var isSet = false
        var error: PipelineError?
        /// Monotonic nanoseconds after which work in hand is given up; nil while there is no hurry.
        var deadline: UInt64?
    }

    private let state = Mutex(State())
    private let drainTimeoutMs: Int
    /// Raised when the signal is set; each thread that takes it puts it back for the next.
    private let raised = DispatchSemaphore(value: 0)

    package init(drainTimeoutMs: Int) {
        self.drainTimeoutMs = drainTimeoutMs
    }

    var isSet: Bool { state.withLock { $0.isSet } }
    var error: PipelineError? { state.withLock { $0.error } }

    /// True when the time for finishing work in hand is over.
    func isPastDeadline(now: UInt64) -> Bool {
        state.withLock { $0.deadline.map { now >= $0 } ?? false }
    }

    /// Asks all threads to finish what they have in hand and stop.
    func set(now: UInt64, error: PipelineError? = nil) {
        state.withLock {
            if $0.error == nil { $0.error = error }
            guard !$0.isSet else { return }
            $0.isSet = true
            $0.deadline = now + UInt64(drainTimeoutMs) * 1_000_000
            raised.signal()
        }
    }

    /// Sleeps until the time is up or the signal is set; true in the second case.
    func wait(ms: Int) -> Bool {
        guard raised.wait(timeout: .now() + .milliseconds(ms)) == .success else { return false }
        raised.signal()
        return true
    }
}

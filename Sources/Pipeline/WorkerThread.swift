import Foundation

/// A thread of the data plane that can be waited for.
///
/// Blocking C calls (librdkafka, libpq) run here, never on the cooperative pool of Swift concurrency.
final class WorkerThread: Sendable {
    private let finished = DispatchSemaphore(value: 0)

    /// Starts a thread that runs `body` with `state`, which becomes the thread's own: connections, decoders and buffers are for one
    /// thread each, and the caller must not touch them again before `join`.
    init<State>(name: String, owning state: sending State, _ body: @escaping @Sendable (State) -> Void) {
        let finished = finished
        let handed = Handed(state)
        let thread = Thread {
            body(handed.state)
            finished.signal()
        }
        thread.name = name
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Waits for the end of the thread; may be called once.
    func join() {
        finished.wait()
    }

    /// Blocks the calling thread, which must be one of these.
    static func sleep(ms: Int) {
        Thread.sleep(forTimeInterval: Double(ms) / 1000)
    }

    // SAFETY: `state` is `sending`: nothing else refers to it once the thread has it.
    private final class Handed<State>: @unchecked Sendable {
        let state: State

        init(_ state: sending State) {
            self.state = state
        }
    }
}

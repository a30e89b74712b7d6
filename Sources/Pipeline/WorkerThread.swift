import Foundation

/// A thread of the data plane that can be waited for.
///
/// Blocking C calls (librdkafka, libpq) run here, never on the cooperative pool of Swift concurrency.
final class WorkerThread: Sendable {
    private let finished = DispatchSemaphore(value: 0)

    init(name: String, _ body: @escaping @Sendable () -> Void) {
        let finished = finished
        let thread = Thread {
            body()
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
}

import Foundation
import LightCurves
import Telemetry

/// Workers that regrid at the same time, each in a thread of its own with its share of the curves.
struct RegridCrew {
    private let posts: [Post]

    // SAFETY: a post's worker and count are touched by the one thread that runs it, and read after that has ended.
    private final class Post: @unchecked Sendable {
        let worker: RegridWorker
        var done = 0

        init(_ worker: RegridWorker) { self.worker = worker }
    }

    init(_ engine: RegridEngine, _ curves: [LightCurve], threads: Int, batch: Int) {
        posts = (0..<threads).map { thread in
            let share = curves.indices.filter { $0 % threads == thread }.map { curves[$0] }
            return Post(engine.worker(share, batch: batch))
        }
    }

    /// Works for `seconds` or a little more; the wall time over the number of curves.
    func microsecondsPerCurve(seconds: Double) -> Double {
        let group = DispatchGroup()
        let start = MonotonicClock.nanoseconds
        for post in posts {
            group.enter()
            let thread = Thread {
                post.done = 0
                repeat { post.done += post.worker.regridNext() } while MonotonicClock.seconds(since: start) < seconds
                group.leave()
            }
            thread.stackSize = 4 << 20
            thread.start()
        }
        group.wait()
        return MonotonicClock.seconds(since: start) * 1e6 / Double(max(1, posts.reduce(0) { $0 + $1.done }))
    }
}

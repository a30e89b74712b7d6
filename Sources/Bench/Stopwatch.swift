import Telemetry

/// Times repeated work: rates of several repetitions, each for a least time.
struct Stopwatch {
    let seconds: Double

    /// Runs `work`, which says how many alerts it decoded, until the time is up.
    /// - Returns: alerts per second.
    func rate<Failure: Error>(_ work: () throws(Failure) -> Int) throws(Failure) -> Double {
        let start = MonotonicClock.nanoseconds
        var alerts = 0
        var elapsed = 0.0
        repeat {
            alerts += try work()
            elapsed = MonotonicClock.seconds(since: start)
        } while elapsed < seconds
        return Double(alerts) / elapsed
    }
}

extension [Double] {
    /// The middle value, or the mean of the two in the middle; NaN of nothing.
    var median: Double {
        guard !isEmpty else { return .nan }
        let ordered = sorted()
        let middle = count / 2
        return count.isMultiple(of: 2) ? (ordered[middle - 1] + ordered[middle]) / 2 : ordered[middle]
    }
}

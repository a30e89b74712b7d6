import Telemetry
import Testing

@Suite struct TelemetryTests {
    @Test func percentilesAreThoseOfTheRecordedLatencies() throws {
        var first = LatencyHistogram()
        var second = LatencyHistogram()
        for value in 1...500 { first.record(microseconds: Int64(value) * 1000) }
        for value in 501...1000 { second.record(microseconds: Int64(value) * 1000) }
        first.add(second)
        #expect(first.count == 1000)
        let median = try #require(first.milliseconds(atPercentile: 50))
        #expect(abs(median - 500) <= 1)
        let last = try #require(first.maximumMilliseconds)
        #expect(abs(last - 1000) <= 1)
    }

    @Test func latenciesOutsideTheRangeAreKeptAtItsEdge() {
        var histogram = LatencyHistogram()
        histogram.record(microseconds: -5)
        histogram.record(microseconds: .max)
        #expect(histogram.count == 2)
        #expect(LatencyHistogram().milliseconds(atPercentile: 50) == nil)
    }

    @Test func consumedIsTheSumOfTheOutcomes() {
        var counters = StreamCounters()
        counters.classified = 3
        counters.skipped = ["too_old": 2]
        var more = StreamCounters()
        more.skipped = ["too_old": 1, "missing_bands": 4]
        more.quarantined = ["truncated": 5]
        counters += more
        #expect(counters.consumed == 15)
        #expect(counters.skipped == ["too_old": 3, "missing_bands": 4])
    }

    @Test func threadsAddUp() async {
        let telemetry = RunTelemetry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<100 {
                        var counters = StreamCounters()
                        counters.classified = 1
                        telemetry.addCommitted(counters, writeSeconds: 0.5, latenciesMicroseconds: [1000])
                    }
                }
            }
        }
        #expect(telemetry.snapshot.counters.classified == 800)
        #expect(telemetry.snapshot.serviceLatency.count == 800)
        #expect(telemetry.snapshot.stages.write == 400)
    }
}

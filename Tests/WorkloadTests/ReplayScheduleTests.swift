import Testing
import Workload

@Suite("Replay schedule")
struct ReplayScheduleTests {
    static let laws: [ReplaySchedule.Law] = [
        .flatOut, .fixed(perSecond: 300), .fixed(perSecond: 0.3), .poisson(perSecond: 300, seed: 4),
        .visits(count: 10, everySeconds: 39),
    ]

    static func times(_ law: ReplaySchedule.Law, _ count: Int) throws -> [Int64] {
        var schedule = try ReplaySchedule(law)
        return (0..<count).map { _ in schedule.next() }
    }

    @Test("times never decrease and never precede the start", arguments: laws)
    func monotone(law: ReplaySchedule.Law) throws {
        let times = try Self.times(law, 5_000)
        #expect(times.allSatisfy { $0 >= 0 })
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test("flat out means at once")
    func flatOut() throws {
        #expect(try Self.times(.flatOut, 100) == Array(repeating: 0, count: 100))
    }

    @Test("a fixed rate does not drift over a long replay")
    func fixedRate() throws {
        let times = try Self.times(.fixed(perSecond: 3), 3_000_001)
        #expect(times[1] == 333_333_333)
        #expect(times[3] == 1_000_000_000)
        #expect(times[3_000_000] == 1_000_000_000_000_000)
    }

    @Test("Poisson arrivals keep their mean rate and scatter as much as their mean gap")
    func poisson() throws {
        let count = 20_000
        let times = try Self.times(.poisson(perSecond: 300, seed: 11), count)
        let gaps = zip(times, times.dropFirst()).map { Double($1 - $0) / 1e9 }
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
        #expect(abs(mean * 300 - 1) < 0.03)
        #expect(abs(variance.squareRoot() / mean - 1) < 0.03)
    }

    @Test("Poisson arrivals follow the seed")
    func poissonSeed() throws {
        let first = try Self.times(.poisson(perSecond: 10, seed: 1), 50)
        #expect(try Self.times(.poisson(perSecond: 10, seed: 1), 50) == first)
        #expect(try Self.times(.poisson(perSecond: 10, seed: 2), 50) != first)
    }

    @Test("visits send whole bursts at once")
    func visits() throws {
        let times = try Self.times(.visits(count: 4, everySeconds: 39), 10)
        let second: Int64 = 1_000_000_000
        #expect(times == [0, 0, 0, 0, 39, 39, 39, 39, 78, 78].map { $0 * second })
    }

    @Test("laws are read as the command line spells them")
    func parsing() throws {
        #expect(try ReplaySchedule.Law(parsing: "flat-out") == .flatOut)
        #expect(try ReplaySchedule.Law(parsing: "300/s") == .fixed(perSecond: 300))
        #expect(try ReplaySchedule.Law(parsing: "poisson:12.5/s", seed: 9) == .poisson(perSecond: 12.5, seed: 9))
        #expect(try ReplaySchedule.Law(parsing: "visits:10000/39s") == .visits(count: 10_000, everySeconds: 39))
    }

    @Test("a description reads back as the same law", arguments: laws.filter { $0 != .poisson(perSecond: 300, seed: 4) })
    func descriptionReadsBack(law: ReplaySchedule.Law) throws {
        #expect(try ReplaySchedule.Law(parsing: law.description) == law)
    }

    @Test(
        "nonsense rates are refused",
        arguments: [
            "", "fast", "0/s", "-3/s", "inf/s", "nan/s", "300", "visits:0/39s", "visits:5/0s", "visits:5", "poisson:/s",
        ])
    func refusesNonsense(text: String) {
        #expect(throws: WorkloadError.self) { try ReplaySchedule.Law(parsing: text) }
    }
}

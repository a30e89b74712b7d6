import Testing
import Workload

@Suite("Seeded generator")
struct SeededGeneratorTests {
    @Test("a seed gives one sequence, another seed or stream another")
    func seeds() {
        func values(_ seed: UInt64, _ stream: UInt64 = 0) -> [UInt64] {
            var generator = SeededGenerator(seed: seed, stream: stream)
            return (0..<20).map { _ in generator.next() }
        }
        #expect(values(1) == values(1))
        #expect(values(1) != values(2))
        #expect(values(1) != values(1, 1))
    }

    /// From an independent implementation of both algorithms in Python.
    static let firstValues: [UInt64] = [
        17_254_933_023_648_552_173, 10_273_995_337_764_303_472, 13_859_318_443_369_830_749,
    ]

    @Test("the first values of seed 1 stay what they are")
    func pinned() {
        var generator = SeededGenerator(seed: 1)
        #expect((0..<3).map { _ in generator.next() } == Self.firstValues)
    }

    @Test("normal values have mean 0, variance 1 and three-sigma tails of 0.27 percent")
    func gaussian() {
        var generator = SeededGenerator(seed: 2)
        let values = (0..<100_000).map { _ in generator.gaussian() }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count) - mean * mean
        #expect(abs(mean) < 0.015)
        #expect(abs(variance - 1) < 0.02)
        #expect(abs(Double(values.count { abs($0) > 3 }) - 270) < 70)
    }

    @Test("integers stay below their bound and reach all of it")
    func integers() {
        var generator = SeededGenerator(seed: 3)
        let values = (0..<1_000).map { _ in generator.integer(below: 7) }
        #expect(Set(values) == Set(0..<7))
        #expect(generator.integer(below: 0) == 0)
    }
}

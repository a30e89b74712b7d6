import Plotting
import Testing

@Suite struct TicksTests {
    @Test(arguments: [
        (0.0, 10.0, 5, ["0", "2", "4", "6", "8", "10"]),
        (-31.2, 1.0, 6, ["-30", "-25", "-20", "-15", "-10", "-5", "0"]),
        (17.83, 18.02, 4, ["17.85", "17.90", "17.95", "18.00"]),
        (-0.3, 0.3, 3, ["-0.2", "0.0", "0.2"]),
        (0, 3e6, 3, ["0", "1e6", "2e6", "3e6"]),
        (0, 1.2e7, 3, ["0", "5.0e6", "1.0e7"]),
    ])
    func `Ticks are round numbers with as many decimals as they need`(
        lower: Double, upper: Double, count: Int, labels: [String]
    ) {
        #expect(Ticks(from: lower, to: upper, about: count).labels == labels)
    }

    @Test func `Ticks are within the range and about as many as asked for, whatever the range`() {
        var width = 1e-9
        while width < 1e12 {
            for lower in [-3.7 * width, 0, 0.2 * width, 14 * width] {
                let ticks = Ticks(from: lower, to: lower + width, about: 6)
                #expect((3...11).contains(ticks.values.count), "\(lower) \(width)")
                #expect(ticks.labels.count == ticks.values.count && Set(ticks.labels).count == ticks.labels.count)
                #expect(ticks.values.allSatisfy { $0 >= lower - 1e-6 * width && $0 <= lower + (1 + 1e-6) * width })
            }
            width *= 1.7
        }
    }

    @Test(arguments: [(0.0, 0.0), (1, -1), (.nan, 1), (0, .infinity), (1e20, 1e20 + 1)])
    func `What is no range has no ticks`(lower: Double, upper: Double) {
        #expect(Ticks(from: lower, to: upper, about: 5).values.isEmpty)
    }
}

import Plotting
import Testing

@Suite struct AxisTests {
    @Test func `An axis runs from its lower end to its upper one, or the other way`() {
        let flux = Axis("flux", from: -50, to: 150)
        #expect(flux.fraction(of: -50) == 0 && flux.fraction(of: 0) == 0.25 && flux.fraction(of: 150) == 1)
        let magnitude = Axis("magnitude", from: 16, to: 20, isReversed: true)
        #expect(magnitude.fraction(of: 16) == 1 && magnitude.fraction(of: 19) == 0.25)
    }

    @Test func `It covers what is finite with a margin`() {
        let axis = Axis.covering([.nan, 10, 20, -.infinity], title: "", margin: 0.1)
        #expect(axis.lower == 9 && axis.upper == 21)
    }

    @Test(arguments: [[], [0.0], [7, 7], [.nan], [1e9, 1e9], [-2_460_000.5, -2_460_000.5]])
    func `One value or none still gives a range that can be drawn`(values: [Double]) {
        let axis = Axis.covering(values, title: "")
        #expect(axis.upper > axis.lower && axis.lower.isFinite && axis.upper.isFinite)
        #expect(!axis.ticks(about: 5).values.isEmpty)
        for value in values where value.isFinite { #expect((0...1).contains(axis.fraction(of: value))) }
    }

    @Test func `A segment is cut to a frame`() throws {
        let frame = Frame(x: 0, y: 0, width: 10, height: 10)
        let crossing = try #require(frame.clipped(from: Point(-10, 5), to: Point(20, 5)))
        #expect(crossing.start == Point(0, 5) && crossing.end == Point(10, 5))
        let corner = try #require(frame.clipped(from: Point(5, 5), to: Point(15, 25)))
        #expect(corner.end == Point(7.5, 10))
        #expect(frame.clipped(from: Point(-1, -1), to: Point(-1, 20)) == nil)
        #expect(frame.clipped(from: Point(12, -5), to: Point(20, 12)) == nil)
        #expect(frame.clipped(from: Point(1, 1), to: Point(.nan, 2)) == nil)
    }
}

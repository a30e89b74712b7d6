import Plotting
import Testing

@Suite struct TerminalTests {
    @Test func `Dots become braille, characters go over them`() {
        var canvas = TerminalCanvas(columns: 3, rows: 2)
        for y in 0..<4 { canvas.dot(x: 0, y: y, ink: .red) }
        canvas.dot(x: 5, y: 7, ink: .green)
        canvas.dot(x: 6, y: 0, ink: .green)
        canvas.dot(x: 0, y: -1, ink: .green)
        #expect(canvas.lines(isColored: false) == ["⡇", "  ⢀"])
        canvas.write("ab", column: 0, row: 0, ink: .blue)
        canvas.dot(x: 0, y: 0, ink: .red)
        #expect(canvas.lines(isColored: false)[0] == "ab")
        #expect(canvas.lines(isColored: true) == ["\u{1B}[34mab\u{1B}[39m", "  \u{1B}[32m⢀\u{1B}[39m"])
    }

    @Test func `Text is cut at the edges and cannot command the terminal`() {
        var canvas = TerminalCanvas(columns: 6, rows: 1)
        canvas.write("abc\u{1B}[2Jdef", column: -1, row: 0)
        canvas.write("below", column: 0, row: 1)
        #expect(canvas.lines(isColored: true) == ["bc?[2J"])
    }

    private func drawn(_ chart: Chart, columns: Int = 60, rows: Int = 16) -> [String] {
        var canvas = TerminalCanvas(columns: columns, rows: rows)
        chart.draw(on: &canvas, column: 0, row: 0, columns: columns, rows: rows)
        return canvas.lines(isColored: false)
    }

    private func place(of character: Character, in lines: [String]) -> (row: Int, column: Int)? {
        for (row, line) in lines.enumerated().dropFirst(2) {
            if let index = line.firstIndex(of: character) { return (row, line.distance(from: line.startIndex, to: index)) }
        }
        return nil
    }

    @Test func `Points are where the axes say: later to the right, brighter above in magnitudes and in fluxes`() throws {
        for isReversed in [false, true] {
            let points: [Series] = [
                Series("a", ink: .red, character: "A", marks: [.points([.init(x: 0, y: 1)], .filled)]),
                Series("b", ink: .red, character: "B", marks: [.points([.init(x: 9, y: 9)], .filled)]),
            ]
            let chart = Chart("", x: Axis("x", from: 0, to: 10), y: Axis("y", from: 0, to: 10, isReversed: isReversed), series: points)
            let lines = drawn(chart)
            let (first, second) = (try #require(place(of: "A", in: lines)), try #require(place(of: "B", in: lines)))
            #expect(first.column < second.column)
            #expect((first.row > second.row) == !isReversed)
        }
    }

    @Test func `A chart shows ticks, titles, limits as arrows and hollow points in capitals`() {
        let series = Series("g", ink: .green, character: "g", marks: [
            .points([.init(x: 1, y: 1, error: 2)], .filled), .points([.init(x: 5, y: 5)], .hollow), .limits([Point(8, 8)]),
        ])
        let text = drawn(Chart("Curve", x: Axis("days", from: 0, to: 10), y: Axis("flux (nJy)", from: -2, to: 10), series: [series]))
            .joined(separator: "\n")
        for part in ["Curve", "days", "flux (nJy)", "┤", "┬", "↓", "G", "⡇", "10"] { #expect(text.contains(part), "\(part)") }
    }

    @Test func `Values without bounds are left out, and no size is too small`() {
        let wild = [1e300, -1e300, .nan, .infinity, 0]
        let series = Series("s", ink: .red, marks: [
            .points(wild.map { .init(x: 1, y: $0, error: 1e300) }, .filled), .line(wild.map { Point($0, $0) }),
            .band(wild.map { .init(x: $0, lower: -$0, upper: $0) }), .limits(wild.map { Point($0, $0) }),
        ])
        let chart = Chart("c", x: Axis("x", from: 0, to: 5), y: Axis("y", from: 0, to: 3), series: [series], note: "note")
        for (columns, rows) in [(1, 1), (5, 3), (60, 16), (300, 80)] {
            #expect(drawn(chart, columns: columns, rows: rows).allSatisfy { $0.count <= columns })
        }
    }

    @Test func `Bars are as long as their values`() {
        var canvas = TerminalCanvas(columns: 40, rows: 4)
        BarChart("P", bars: [("SNIa", 1), ("TDE", 0.5), ("KN", 0)]).draw(on: &canvas, column: 0, row: 0, columns: 40, rows: 4)
        let lengths = canvas.lines(isColored: false).map { line in line.count { $0 == "█" } }
        #expect(lengths[1] == 2 * lengths[2] || lengths[1] == 2 * lengths[2] + 1)
        #expect(lengths[3] == 0)
        #expect(canvas.lines(isColored: false)[1].hasSuffix("█ 1.000"))
    }
}

import Foundation
import Plotting
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Counts the elements of a document by name, and keeps its texts.
private final class Reader: NSObject, XMLParserDelegate {
    private(set) var elements: [String: Int] = [:]
    private(set) var text = ""
    private(set) var numbers: [Double] = []

    /// nil when the document is not well-formed.
    static func read(_ document: String) -> Reader? {
        let parser = XMLParser(data: Data(document.utf8))
        let reader = Reader()
        parser.delegate = reader
        return parser.parse() ? reader : nil
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements[name, default: 0] += 1
        for list in ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "points"].compactMap({ attributes[$0] }) {
            numbers += list.split(separator: " ").map { Double($0) ?? .nan }
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}

@Suite struct SVGTests {
    private func drawn(_ chart: Chart) -> String {
        var document = SVGDocument(width: 600, height: 400)
        chart.draw(in: &document, Frame(x: 10, y: 10, width: 580, height: 380))
        return document.text
    }

    private let points = (0..<5).map { Series.Measurement(x: Double($0), y: Double($0 * $0), error: 0.5) }

    @Test func `A document is well-formed XML whatever its texts are`() throws {
        let hostile = "</text><script>alert('&')</script>\"\u{0}\u{1B}[31m\u{FFFE}"
        var document = SVGDocument(width: 100, height: 100)
        document.write(hostile, at: Point(1, 1), ink: Ink(hex: "\" onload=\"x", code: 31))
        BarChart(hostile, bars: [(hostile, 0.5)]).draw(in: &document, Frame(x: 0, y: 0, width: 90, height: 90))
        let reader = try #require(Reader.read(document.text))
        #expect(reader.elements["script"] == nil && reader.text.contains("</text><script>"))
        let axis = Axis(hostile, from: 0, to: 1)
        let chart = Chart(hostile, x: axis, y: axis, series: [Series(hostile, ink: .red)], key: [.init(.limit, hostile)], note: hostile)
        #expect(try #require(Reader.read(drawn(chart))).elements["script"] == nil)
    }

    @Test func `Every mark of a series is drawn: points with bars, limits, line and band`() throws {
        var chart = Chart("c", x: Axis("x", from: 0, to: 4), y: Axis("y", from: -1, to: 17))
        let bare = try #require(Reader.read(drawn(chart)))
        chart.series = [
            Series("", ink: .green, marks: [
                .band(points.map { .init(x: $0.x, lower: $0.y - 1, upper: $0.y + 1) }), .line(points.map { Point($0.x, $0.y) }),
                .points(points, .filled), .limits([Point(1, 10)]),
            ])
        ]
        let full = try #require(Reader.read(drawn(chart)))
        func added(_ name: String) -> Int { full.elements[name, default: 0] - bare.elements[name, default: 0] }
        #expect(added("circle") == 5 && added("line") == 5 && added("polyline") == 1 && added("polygon") == 2)
    }

    @Test func `A line breaks where a value is not finite`() throws {
        let line = [Point(0, 1), Point(1, 2), Point(2, .nan), Point(3, 1), Point(4, .infinity), Point(5, 2)]
        let chart = Chart(
            "c", x: Axis("x", from: 0, to: 5), y: Axis("y", from: 0, to: 3), series: [Series("", ink: .red, marks: [.line(line)])])
        #expect(try #require(Reader.read(drawn(chart))).elements["polyline"] == 3)
    }

    @Test func `Values without bounds give finite coordinates`() throws {
        let wild = [1e300, -1e300, .nan, .infinity, 0]
        let series = Series("s", ink: .red, marks: [
            .points(wild.map { .init(x: 1, y: $0, error: 1e300) }, .hollow), .line(wild.map { Point(2, $0) }),
            .band(wild.map { .init(x: $0, lower: -$0, upper: $0) }), .limits(wild.map { Point($0, $0) }),
        ])
        let chart = Chart("c", x: Axis("x", from: 0, to: 5), y: Axis("y", from: 0, to: 3), series: [series])
        let reader = try #require(Reader.read(drawn(chart)))
        #expect(!reader.numbers.isEmpty && reader.numbers.allSatisfy { $0.magnitude <= 1e6 })
    }

    @Test func `A heat map has a rectangle for each value`() throws {
        var document = SVGDocument(width: 300, height: 200)
        let map = HeatMap("h", stepTitle: "token", channelNames: ["a", "b", "c"], values: (0..<12).map { Double($0) - 6 })
        map.draw(in: &document, Frame(x: 0, y: 0, width: 300, height: 200))
        #expect(map.steps == 4)
        // The background, and the border.
        #expect(try #require(Reader.read(document.text)).elements["rect"] == 12 + 2)
    }
}

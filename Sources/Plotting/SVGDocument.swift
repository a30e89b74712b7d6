import Foundation

/// An SVG picture built element by element; complete in itself, without scripts, styles or links.
///
/// Every text and every attribute that comes from outside is escaped; numbers are rounded to hundredths.
public struct SVGDocument: Sendable {
    public let width: Double
    public let height: Double
    private var body = ""
    private var clipCount = 0

    public enum Anchor: String, Sendable { case start, middle, end }

    /// An empty white picture, sizes in pixels.
    public init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    /// The whole document.
    public var text: String {
        let size = "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
        let box = "viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" \(size) \(box) font-family="Helvetica, Arial, sans-serif" font-size="13">
            <rect width="100%" height="100%" fill="#ffffff"/>
            \(body)</svg>

            """
    }

    public mutating func line(from start: Point, to end: Point, ink: Ink, width: Double = 1, opacity: Double = 1) {
        guard start.isFinite, end.isFinite else { return }
        add(
            "<line x1=\"\(Self.number(start.x))\" y1=\"\(Self.number(start.y))\" x2=\"\(Self.number(end.x))\" "
                + "y2=\"\(Self.number(end.y))\"\(stroke(ink, width))\(alpha(opacity))/>")
    }

    /// A line through points, which must be finite.
    public mutating func polyline(_ points: [Point], ink: Ink, width: Double) {
        add("<polyline points=\"\(Self.list(points))\" fill=\"none\"\(stroke(ink, width)) stroke-linejoin=\"round\"/>")
    }

    /// A closed shape, filled with `fill` and drawn round with `ink`, either if given.
    public mutating func polygon(_ points: [Point], fill: Ink?, ink: Ink? = nil, width: Double = 1, opacity: Double = 1) {
        add("<polygon points=\"\(Self.list(points))\"\(paint(fill, ink, width))\(alpha(opacity))/>")
    }

    public mutating func circle(
        at center: Point, radius: Double, fill: Ink?, ink: Ink? = nil, width: Double = 1, opacity: Double = 1
    ) {
        guard center.isFinite else { return }
        add(
            "<circle cx=\"\(Self.number(center.x))\" cy=\"\(Self.number(center.y))\" r=\"\(Self.number(radius))\""
                + "\(paint(fill, ink, width))\(alpha(opacity))/>")
    }

    public mutating func rectangle(_ frame: Frame, fill: Ink?, ink: Ink? = nil, width: Double = 1) {
        add(
            "<rect x=\"\(Self.number(frame.x))\" y=\"\(Self.number(frame.y))\" width=\"\(Self.number(frame.width))\" "
                + "height=\"\(Self.number(frame.height))\"\(paint(fill, ink, width))/>")
    }

    /// - Parameter degrees: turned clockwise around `place`.
    public mutating func write(
        _ text: String, at place: Point, anchor: Anchor = .start, size: Double = 13, ink: Ink = .text, isBold: Bool = false,
        degrees: Double = 0
    ) {
        let weight = isBold ? " font-weight=\"bold\"" : ""
        let turn = degrees == 0 ? "" : " transform=\"rotate(\(Self.number(degrees)) \(Self.list([place])))\""
        add(
            "<text x=\"\(Self.number(place.x))\" y=\"\(Self.number(place.y))\" font-size=\"\(Self.number(size))\" "
                + "text-anchor=\"\(anchor.rawValue)\" fill=\"\(Self.escaped(ink.hex))\"\(weight)\(turn)>"
                + "\(Self.escaped(text))</text>")
    }

    /// Draws so that nothing shows outside `frame`.
    public mutating func clipping(to frame: Frame, _ draw: (inout SVGDocument) -> Void) {
        clipCount += 1
        let name = "clip\(clipCount)"
        add("<clipPath id=\"\(name)\">")
        rectangle(frame, fill: .text)
        add("</clipPath>")
        add("<g clip-path=\"url(#\(name))\">")
        draw(&self)
        add("</g>")
    }

    /// About how wide a text is, pixels: SVG cannot be asked.
    public static func width(of text: String, size: Double = 13) -> Double { Double(text.count) * size * 0.56 }

    /// A text as XML has it; characters that XML 1.0 does not allow become U+FFFD.
    public static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result += " "
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    // MARK: - Attributes

    private mutating func add(_ element: String) { body += element + "\n" }

    private func stroke(_ ink: Ink, _ width: Double) -> String {
        " stroke=\"\(Self.escaped(ink.hex))\" stroke-width=\"\(Self.number(width))\""
    }

    private func paint(_ fill: Ink?, _ ink: Ink?, _ width: Double) -> String {
        " fill=\"\(fill.map { Self.escaped($0.hex) } ?? "none")\"" + (ink.map { stroke($0, width) } ?? "")
    }

    private func alpha(_ opacity: Double) -> String { opacity < 1 ? " opacity=\"\(Self.number(opacity))\"" : "" }

    private static func list(_ points: [Point]) -> String {
        points.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: " ")
    }

    /// Hundredths, within what renderers can hold; no text for what is no number.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = Int((min(max(value, -1e6), 1e6) * 100).rounded())
        guard hundredths % 100 != 0 else { return "\(hundredths / 100)" }
        return String(format: hundredths % 10 == 0 ? "%.1f" : "%.2f", Double(hundredths) / 100)
    }
}

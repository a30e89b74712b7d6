/// Named parts of one, as horizontal bars with their values.
public struct BarChart: Sendable {
    public var title: String
    /// In the order in which they are drawn, from the top; `value` from 0 to 1.
    public var bars: [(name: String, value: Double)]
    public var ink: Ink
    /// Said in the place of the bars when there are none.
    public var note: String

    public init(_ title: String, bars: [(name: String, value: Double)], ink: Ink = .blue, note: String = "") {
        self.title = title
        self.bars = bars
        self.ink = ink
        self.note = note
    }

    /// Draws title and bars into `frame`, pixels; bars get thinner so that all have room.
    public func draw(in document: inout SVGDocument, _ frame: Frame) {
        document.write(title, at: Point(frame.x, frame.y + 14), size: 14, isBold: true)
        guard !bars.isEmpty else {
            document.write(note, at: Point(frame.x, frame.y + 44), size: 14, ink: .faint)
            return
        }
        let pitch = min(22, (frame.height - 28) / Double(bars.count))
        let size = min(12, pitch * 0.75)
        let names = (bars.map { SVGDocument.width(of: $0.name, size: size) }.max() ?? 0) + 10
        let room = max(10, frame.width - names - 50)
        for (index, bar) in bars.enumerated() {
            let top = frame.y + 28 + Double(index) * pitch
            let middle = top + pitch / 2 + size * 0.36
            let length = room * Self.part(bar.value)
            document.write(bar.name, at: Point(frame.x + names - 8, middle), anchor: .end, size: size)
            document.rectangle(
                Frame(x: frame.x + names, y: top + pitch * 0.14, width: max(0.8, length), height: pitch * 0.72), fill: ink)
            document.write(Self.text(bar.value), at: Point(frame.x + names + length + 6, middle), size: size)
        }
    }

    /// Draws title and bars into a part of the canvas, a row each; what has no room is left out from the end.
    public func draw(on canvas: inout TerminalCanvas, column: Int, row: Int, columns: Int, rows: Int) {
        canvas.write(title, column: column, row: row)
        guard !bars.isEmpty else {
            canvas.write(note, column: column, row: row + 1, ink: .faint)
            return
        }
        let names = (bars.map(\.name.count).max() ?? 0) + 1
        let room = max(1, columns - names - 6)
        for (index, bar) in bars.prefix(max(0, rows - 1)).enumerated() {
            let eighths = Int((Double(8 * room) * Self.part(bar.value)).rounded())
            let partial = eighths % 8 == 0 ? "" : String(Self.blocks[eighths % 8 - 1])
            let blocks = String(repeating: "█", count: eighths / 8) + partial
            canvas.write(bar.name, column: column, row: row + 1 + index)
            canvas.write(blocks, column: column + names, row: row + 1 + index, ink: ink)
            canvas.write(Self.text(bar.value), column: column + names + blocks.count + 1, row: row + 1 + index)
        }
    }

    private static let blocks: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    private static func part(_ value: Double) -> Double { value.isFinite ? min(max(value, 0), 1) : 0 }

    /// Three decimals, which is what a probability is good for.
    private static func text(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        let thousandths = Int((part(value) * 1000).rounded())
        let decimals = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - decimals.count) + decimals
    }
}

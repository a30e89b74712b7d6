/// A picture of characters: a grid of cells, each with 2 x 4 dots (Unicode braille) or one character, and a colour.
public struct TerminalCanvas: Sendable {
    public let columns: Int
    public let rows: Int
    private var cells: [Cell]

    private struct Cell: Sendable {
        var dots: UInt8 = 0
        var character: Character?
        var ink = Ink.text

        var text: Character {
            if let character { return character }
            guard dots != 0, let braille = Unicode.Scalar(0x2800 + UInt32(dots)) else { return " " }
            return Character(braille)
        }
    }

    /// Bits of the dots of a cell: row by row, left and right (U+2800 and following).
    private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

    /// An empty canvas of at least one cell.
    public init(columns: Int, rows: Int) {
        self.columns = max(1, columns)
        self.rows = max(1, rows)
        cells = [Cell](repeating: Cell(), count: self.columns * self.rows)
    }

    /// Sets the dot at `x`, from 0 to 2 columns, and `y`, from 0 at the top to 4 rows; outside nothing happens.
    public mutating func dot(x: Int, y: Int, ink: Ink) {
        guard x >= 0, y >= 0, x < 2 * columns, y < 4 * rows else { return }
        let index = y / 4 * columns + x / 2
        cells[index].dots |= Self.bits[y % 4][x % 2]
        if cells[index].character == nil { cells[index].ink = ink }
    }

    /// A line of dots; both ends must be on the canvas or near it.
    public mutating func line(from start: Point, to end: Point, ink: Ink) {
        guard start.isFinite, end.isFinite else { return }
        let steps = Int(max(abs(end.x - start.x), abs(end.y - start.y)).rounded(.up))
        guard steps < 100_000 else { return }
        for step in 0...steps {
            let part = steps == 0 ? 0 : Double(step) / Double(steps)
            dot(
                x: Int((start.x + part * (end.x - start.x)).rounded(.down)),
                y: Int((start.y + part * (end.y - start.y)).rounded(.down)), ink: ink)
        }
    }

    /// Writes over dots and characters; what would be outside is cut off, and a control character becomes a question mark.
    public mutating func write(_ text: String, column: Int, row: Int, ink: Ink = .text) {
        guard row >= 0, row < rows else { return }
        for (offset, character) in text.enumerated() {
            guard column + offset >= 0 else { continue }
            guard column + offset < columns else { return }
            let index = row * columns + column + offset
            cells[index].character = Self.isControl(character) ? "?" : character
            cells[index].ink = ink
        }
    }

    /// The rows from the top, without spaces at their ends; with escape sequences if `isColored`.
    public func lines(isColored: Bool) -> [String] {
        (0..<rows).map { row in
            let cells = cells[row * columns..<(row + 1) * columns]
            let used = cells.lastIndex { $0.text != " " }.map { cells[...$0] } ?? []
            var line = ""
            var code = Ink.text.code
            for cell in used {
                if isColored, cell.text != " ", cell.ink.code != code {
                    code = cell.ink.code
                    line += "\u{1B}[\(code)m"
                }
                line.append(cell.text)
            }
            return code == Ink.text.code ? line : line + "\u{1B}[\(Ink.text.code)m"
        }
    }

    private static func isControl(_ character: Character) -> Bool {
        character.unicodeScalars.contains { [.control, .format].contains($0.properties.generalCategory) }
    }
}

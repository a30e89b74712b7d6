import Plotting

extension LightCurvePlot {
    private static let inputColumns = 60
    private static let panelRows = 16

    /// The picture as SVG: 960 pixels wide, panels of the network below the curve if there is a model.
    var svg: String {
        let margin = 24.0
        let top = 48 + 19 * Double(facts.count)
        let chartHeight = 400.0
        let panels = top + chartHeight + 20
        let panelHeight: Double = verdict == nil ? 0 : verdict?.input == nil ? 70 : 320
        var document = SVGDocument(width: 960, height: panels + panelHeight)
        document.write(title, at: Point(margin, 34), size: 22, isBold: true)
        for (index, fact) in facts.enumerated() {
            document.write(fact, at: Point(margin, 57 + 19 * Double(index)), size: 13)
        }
        let width = document.width - 2 * margin
        chart.draw(in: &document, Frame(x: margin, y: top, width: width, height: chartHeight))
        if let verdict, let input = verdict.input {
            let frame = Frame(x: margin, y: panels, width: 0.58 * width, height: panelHeight - 14)
            switch input.panel(preset: verdict.preset) {
            case .lines(let chart): chart.draw(in: &document, frame)
            case .heat(let map): map.draw(in: &document, frame)
            }
            bars?.draw(in: &document, Frame(x: margin + 0.62 * width, y: panels, width: 0.38 * width, height: panelHeight - 14))
        } else {
            bars?.draw(in: &document, Frame(x: margin, y: panels, width: width, height: panelHeight))
        }
        return document.text
    }

    /// The picture as lines of text.
    /// - Parameters:
    ///   - columns: its width, characters.
    ///   - rows: the height of the light curve with its axes; facts and panels come on top of that.
    func lines(columns: Int, rows: Int, isColored: Bool) -> [String] {
        let text = [title] + facts.flatMap { Self.wrapped($0, columns: columns) } + [""]
        var canvas = TerminalCanvas(columns: columns, rows: text.count + rows)
        for (row, line) in text.enumerated() { canvas.write(line, column: 0, row: row) }
        chart.draw(on: &canvas, column: 0, row: text.count, columns: columns, rows: rows)
        return canvas.lines(isColored: isColored) + panelLines(columns: columns, isColored: isColored)
    }

    /// A line's words on as many rows as they need.
    private static func wrapped(_ line: String, columns: Int) -> [String] {
        line.split(separator: " ").reduce(into: [""]) { rows, word in
            let last = rows.count - 1
            if rows[last].isEmpty {
                rows[last] = String(word)
            } else if rows[last].count + 1 + word.count <= columns {
                rows[last] += " " + word
            } else {
                rows.append(String(word))
            }
        }
    }

    private func panelLines(columns: Int, isColored: Bool) -> [String] {
        guard let verdict, let bars else { return [] }
        guard let input = verdict.input else {
            var canvas = TerminalCanvas(columns: columns, rows: 3)
            bars.draw(on: &canvas, column: 0, row: 1, columns: columns, rows: 2)
            return canvas.lines(isColored: isColored)
        }
        // Side by side where both have room.
        let isWide = columns >= Self.inputColumns + 36
        let inputColumns = isWide ? max(Self.inputColumns, columns * 6 / 10) : columns
        let barRows = verdict.probabilities.count + 1
        let height = isWide ? max(Self.panelRows, barRows) : Self.panelRows + 1 + barRows
        var canvas = TerminalCanvas(columns: columns, rows: height + 1)
        switch input.panel(preset: verdict.preset) {
        case .lines(let chart): chart.draw(on: &canvas, column: 0, row: 1, columns: inputColumns, rows: Self.panelRows)
        case .heat(let map): map.draw(on: &canvas, column: 0, row: 1, columns: inputColumns, rows: Self.panelRows)
        }
        let column = isWide ? inputColumns + 3 : 0
        bars.draw(on: &canvas, column: column, row: isWide ? 1 : Self.panelRows + 2, columns: columns - column, rows: barRows)
        return canvas.lines(isColored: isColored)
    }
}

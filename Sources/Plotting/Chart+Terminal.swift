extension Chart {
    /// Draws the chart with its title and axes into a part of the canvas, cells; it needs some 30 x 8 of them.
    ///
    /// A filled point is its series' character, a hollow one that in capitals, an upper limit an arrow.
    public func draw(on canvas: inout TerminalCanvas, column: Int, row: Int, columns: Int, rows: Int) {
        drawLegend(on: &canvas, column: column, row: row, columns: columns)
        canvas.write(y.title, column: column, row: row + 1, ink: .faint)
        let (top, height) = (row + 2, max(1, rows - 5))
        let yTicks = y.ticks(about: max(2, height / 3))
        let gutter = (yTicks.labels.map(\.count).max() ?? 0) + 1
        let width = max(1, columns - gutter - 2)
        let left = column + gutter + 1
        let plot = Frame(x: Double(2 * left), y: Double(4 * top), width: Double(2 * width) - 1, height: Double(4 * height) - 1)

        for line in 0..<height { canvas.write("│", column: left - 1, row: top + line, ink: .faint) }
        for (value, label) in zip(yTicks.values, yTicks.labels) {
            let line = Int(place(Point(x.lower, value), in: plot).y / 4)
            canvas.write(label, column: left - 2 - label.count + 1, row: line, ink: .faint)
            canvas.write("┤", column: left - 1, row: line, ink: .faint)
        }
        drawXAxis(on: &canvas, plot, left: left, row: top + height, width: width)
        for series in series {
            for mark in series.marks { drawDots(mark, of: series, on: &canvas, plot) }
        }
        // Characters last, so that no line hides a point.
        for series in series {
            for mark in series.marks { drawCharacters(mark, of: series, on: &canvas, plot) }
        }
        if !note.isEmpty {
            canvas.write(note, column: left + max(0, (width - note.count) / 2), row: top + height / 2, ink: .faint)
        }
    }

    /// Title, series and key on one line, cut where the part of the canvas ends.
    private func drawLegend(on canvas: inout TerminalCanvas, column: Int, row: Int, columns: Int) {
        var next = column
        func write(_ text: String, ink: Ink) {
            canvas.write(String(text.prefix(max(0, column + columns - next))), column: next, row: row, ink: ink)
            next += text.count + 2
        }
        write(title, ink: .text)
        for series in series where !series.name.isEmpty {
            let character = String(series.character)
            write(character == series.name ? character : character + " " + series.name, ink: series.ink)
        }
        for entry in key { write(entry.sample.character + " " + entry.meaning, ink: .faint) }
    }

    private func drawXAxis(on canvas: inout TerminalCanvas, _ plot: Frame, left: Int, row: Int, width: Int) {
        canvas.write("└" + String(repeating: "─", count: width), column: left - 1, row: row, ink: .faint)
        let xTicks = x.ticks(about: max(2, width / 12))
        var free = left - 1
        for (value, label) in zip(xTicks.values, xTicks.labels) {
            let cell = Int(place(Point(value, y.lower), in: plot).x / 2)
            canvas.write("┬", column: cell, row: row, ink: .faint)
            let first = min(cell - label.count / 2, left + width - label.count)
            guard first >= free else { continue }
            canvas.write(label, column: first, row: row + 1, ink: .faint)
            free = first + label.count + 1
        }
        canvas.write(x.title, column: left + max(0, (width - x.title.count) / 2), row: row + 2, ink: .faint)
    }

    private func drawDots(_ mark: Series.Mark, of series: Series, on canvas: inout TerminalCanvas, _ plot: Frame) {
        switch mark {
        case .line(let points):
            for (start, end) in zip(points, points.dropFirst()) {
                drawLine(from: place(start, in: plot), to: place(end, in: plot), ink: series.ink, on: &canvas, plot)
            }
        case .band(let intervals):
            for (start, end) in zip(intervals, intervals.dropFirst()) {
                drawBand(from: start, to: end, ink: series.ink, on: &canvas, plot)
            }
        case .points(let measurements, let style):
            for measurement in measurements where measurement.error > 0 && style != .faint {
                let ends = [-1.0, 1].map { place(Point(measurement.x, measurement.y + $0 * measurement.error), in: plot) }
                drawLine(from: ends[0], to: ends[1], ink: series.ink, on: &canvas, plot)
            }
        case .limits: break
        }
    }

    private func drawLine(from start: Point, to end: Point, ink: Ink, on canvas: inout TerminalCanvas, _ plot: Frame) {
        guard let part = plot.clipped(from: start, to: end) else { return }
        canvas.line(from: part.start, to: part.end, ink: ink)
    }

    /// Fills with one dot in sixteen, so that lines and points stand out.
    private func drawBand(
        from start: Series.Interval, to end: Series.Interval, ink: Ink, on canvas: inout TerminalCanvas, _ plot: Frame
    ) {
        let corners = [start.lower, start.upper].map { place(Point(start.x, $0), in: plot) }
            + [end.lower, end.upper].map { place(Point(end.x, $0), in: plot) }
        guard corners.allSatisfy(\.isFinite), corners[2].x > corners[0].x else { return }
        let (first, last) = (max(corners[0].x, plot.x), min(corners[2].x, plot.right))
        guard first <= last else { return }
        for x in Int(first.rounded(.up))...max(Int(first.rounded(.up)), Int(last.rounded(.down))) where x % 4 == 0 {
            let part = (Double(x) - corners[0].x) / (corners[2].x - corners[0].x)
            let edges = [0, 1].map { corners[$0].y + part * (corners[$0 + 2].y - corners[$0].y) }
            let (top, bottom) = (max(min(edges[0], edges[1]), plot.y), min(max(edges[0], edges[1]), plot.bottom))
            guard top <= bottom else { continue }
            for y in Int(top.rounded(.up))...max(Int(top.rounded(.up)), Int(bottom.rounded(.down))) where (x / 4 + y) % 4 == 0 {
                canvas.dot(x: x, y: y, ink: ink)
            }
        }
    }

    private func drawCharacters(_ mark: Series.Mark, of series: Series, on canvas: inout TerminalCanvas, _ plot: Frame) {
        func write(_ character: String, at point: Point) {
            let place = place(point, in: plot)
            guard place.isFinite, plot.contains(place) else { return }
            canvas.write(character, column: Int(place.x / 2), row: Int(place.y / 4), ink: series.ink)
        }
        switch mark {
        case .points(let measurements, let style):
            let character =
                switch style {
                case .filled: String(series.character)
                case .hollow: series.character.uppercased()
                case .faint: Key.Sample.faint.character
                }
            for measurement in measurements { write(character, at: Point(measurement.x, measurement.y)) }
        case .limits(let points):
            for point in points { write(Key.Sample.limit.character, at: point) }
        case .line, .band: break
        }
    }
}

extension Chart.Key.Sample {
    fileprivate var character: String {
        switch self {
        case .line: "⠤"
        case .hollow: "A"
        case .faint: "·"
        case .limit: "↓"
        }
    }
}

import Foundation

extension Chart {
    private static let tickLength = 5.0
    private static let symbolRadius = 4.2

    /// Draws the chart with its title, legend and axes into `frame`, pixels.
    public func draw(in document: inout SVGDocument, _ frame: Frame) {
        document.write(title, at: Point(frame.x, frame.y + 14), size: 14, isBold: true)
        let legendRows = drawLegend(in: &document, frame)
        let yTicks = y.ticks(about: max(2, Int(frame.height / 55)))
        let labelWidth = yTicks.labels.map { SVGDocument.width(of: $0, size: 12) }.max() ?? 0
        let left = labelWidth + Self.tickLength + 28
        let top = 30 + 18 * Double(legendRows)
        let plot = Frame(
            x: frame.x + left, y: frame.y + top, width: max(10, frame.width - left - 12),
            height: max(10, frame.height - top - 44))
        drawAxes(in: &document, plot, yTicks, labelWidth)
        document.clipping(to: plot) { document in
            for series in series {
                for mark in series.marks { draw(mark, of: series, in: &document, plot) }
            }
        }
        if !note.isEmpty {
            document.write(
                note, at: Point(plot.x + plot.width / 2, plot.y + plot.height / 2), anchor: .middle, size: 14, ink: .faint)
        }
    }

    // MARK: - Axes

    private func drawAxes(in document: inout SVGDocument, _ plot: Frame, _ yTicks: Ticks, _ labelWidth: Double) {
        let grid = Ink(hex: "#e4e4e4", code: 90)
        for (value, label) in zip(yTicks.values, yTicks.labels) {
            let height = place(Point(x.lower, value), in: plot).y
            // Zero stands out where there is something below it.
            let ink = value == 0 && y.lower < 0 && !y.isReversed ? Ink.faint : grid
            document.line(from: Point(plot.x, height), to: Point(plot.right, height), ink: ink)
            document.line(from: Point(plot.x - Self.tickLength, height), to: Point(plot.x, height), ink: .text)
            document.write(label, at: Point(plot.x - Self.tickLength - 3, height + 4), anchor: .end, size: 12)
        }
        let xTicks = x.ticks(about: max(2, Int(plot.width / 90)))
        for (value, label) in zip(xTicks.values, xTicks.labels) {
            let place = place(Point(value, y.lower), in: plot).x
            document.line(from: Point(place, plot.y), to: Point(place, plot.bottom), ink: grid)
            document.line(from: Point(place, plot.bottom), to: Point(place, plot.bottom + Self.tickLength), ink: .text)
            document.write(label, at: Point(place, plot.bottom + 19), anchor: .middle, size: 12)
        }
        document.rectangle(plot, fill: nil, ink: .text)
        document.write(x.title, at: Point(plot.x + plot.width / 2, plot.bottom + 38), anchor: .middle)
        let center = Point(plot.x - Self.tickLength - labelWidth - 12, plot.y + plot.height / 2)
        document.write(y.title, at: center, anchor: .middle, degrees: -90)
    }

    // MARK: - Legend

    private enum LegendItem {
        case series(Series)
        case key(Key)

        var text: String {
            switch self {
            case .series(let series): series.name
            case .key(let key): key.meaning
            }
        }
    }

    /// Writes the legend below the title, as many rows as it needs; returns how many those are.
    private func drawLegend(in document: inout SVGDocument, _ frame: Frame) -> Int {
        var row = 0
        var column = frame.x
        let items = series.filter { !$0.name.isEmpty }.map(LegendItem.series) + key.map(LegendItem.key)
        for item in items {
            let width = 22 + SVGDocument.width(of: item.text, size: 12) + 18
            if column + width > frame.right, column > frame.x {
                row += 1
                column = frame.x
            }
            let middle = Point(column + 10, frame.y + 32 + 18 * Double(row))
            drawSample(item, at: middle, in: &document)
            document.write(item.text, at: Point(column + 22, middle.y + 4), size: 12)
            column += width
        }
        return items.isEmpty ? 0 : row + 1
    }

    private func drawSample(_ item: LegendItem, at place: Point, in document: inout SVGDocument) {
        switch item {
        case .series(let series):
            let hasPoints = series.marks.contains { if case .points = $0 { true } else { false } }
            document.line(from: Point(place.x - 9, place.y), to: Point(place.x + 9, place.y), ink: series.ink, width: 1.8)
            if hasPoints { drawSymbol(series, .filled, at: place, in: &document) }
        case .key(let key):
            let sample = Series("", ink: .faint)
            switch key.sample {
            case .line:
                let corners = [(-9.0, -6.0), (9, -6), (9, 6), (-9, 6)].map { Point(place.x + $0.0, place.y + $0.1) }
                document.polygon(corners, fill: .faint, opacity: 0.25)
                document.line(from: Point(place.x - 9, place.y), to: Point(place.x + 9, place.y), ink: .faint, width: 1.8)
            case .hollow: drawSymbol(sample, .hollow, at: place, in: &document)
            case .faint: drawSymbol(sample, .faint, at: place, in: &document)
            case .limit: drawLimit(at: place, ink: .faint, in: &document)
            }
        }
    }

    // MARK: - Marks

    private func draw(_ mark: Series.Mark, of series: Series, in document: inout SVGDocument, _ plot: Frame) {
        switch mark {
        case .line(let points):
            for run in Self.runs(points.map { place($0, in: plot) }, where: \.isFinite) {
                document.polyline(run.map { Self.near($0, plot) }, ink: series.ink, width: 1.8)
            }
        case .band(let intervals):
            for run in Self.runs(intervals, where: \.isFinite) where run.count > 1 {
                let below = run.map { place(Point($0.x, $0.lower), in: plot) }
                let above = run.reversed().map { place(Point($0.x, $0.upper), in: plot) }
                let edge = below + above
                document.polygon(edge.map { Self.near($0, plot) }, fill: series.ink, opacity: 0.15)
            }
        case .points(let measurements, let style):
            for measurement in measurements {
                let center = place(Point(measurement.x, measurement.y), in: plot)
                guard center.isFinite else { continue }
                if measurement.error > 0, measurement.error.isFinite {
                    let ends = [-1.0, 1].map { sign in
                        Self.near(place(Point(measurement.x, measurement.y + sign * measurement.error), in: plot), plot)
                    }
                    document.line(from: ends[0], to: ends[1], ink: series.ink, width: 1.2, opacity: style == .faint ? 0.3 : 1)
                }
                drawSymbol(series, style, at: center, in: &document)
            }
        case .limits(let points):
            for point in points { drawLimit(at: place(point, in: plot), ink: series.ink, in: &document) }
        }
    }

    private func drawSymbol(_ series: Series, _ style: Series.Style, at place: Point, in document: inout SVGDocument) {
        let radius = style == .faint ? 2.2 : Self.symbolRadius
        let fill: Ink? = style == .hollow ? Ink(hex: "#ffffff", code: 37) : series.ink
        let opacity = style == .faint ? 0.45 : 1
        let corners = series.symbol.corners(radius: radius)
        if corners.isEmpty {
            document.circle(at: place, radius: radius, fill: fill, ink: series.ink, width: 1.4, opacity: opacity)
        } else {
            let moved = corners.map { Point(place.x + $0.x, place.y + $0.y) }
            document.polygon(moved, fill: fill, ink: series.ink, width: 1.4, opacity: opacity)
        }
    }

    private func drawLimit(at place: Point, ink: Ink, in document: inout SVGDocument) {
        guard place.isFinite else { return }
        let corners = Symbol.limitCorners(radius: 4).map { Point(place.x + $0.x, place.y + $0.y) }
        document.polygon(corners, fill: nil, ink: ink, width: 1.1, opacity: 0.6)
    }

    /// The stretches of elements that all meet a condition.
    private static func runs<Element>(_ elements: [Element], where isGood: (Element) -> Bool) -> [[Element]] {
        elements.split(omittingEmptySubsequences: true) { !isGood($0) }.map(Array.init)
    }

    /// Brings a place that is far outside nearer, so that no renderer's arithmetic overflows; it stays outside.
    private static func near(_ place: Point, _ plot: Frame) -> Point {
        Point(place.x, min(max(place.y, plot.y - 4 * plot.height), plot.bottom + 4 * plot.height))
    }
}

/// A matrix as a picture: a row each for its channels, a column each for its steps, the colour of a cell for its value.
public struct HeatMap: Sendable {
    public var title: String
    /// What the steps are, from left to right.
    public var stepTitle: String
    public var channelNames: [String]
    /// (steps, channels), row-major.
    public var values: [Double]

    public init(_ title: String, stepTitle: String, channelNames: [String], values: [Double]) {
        self.title = title
        self.stepTitle = stepTitle
        self.channelNames = channelNames
        self.values = values
    }

    public var steps: Int { channelNames.isEmpty ? 0 : values.count / channelNames.count }

    /// Draws the matrix into `frame`, pixels: blue below zero, red above, each channel by its own largest value.
    public func draw(in document: inout SVGDocument, _ frame: Frame) {
        document.write(title, at: Point(frame.x, frame.y + 14), size: 14, isBold: true)
        guard steps > 0 else { return }
        let height = (frame.height - 28 - 40) / Double(channelNames.count)
        let size = min(12, height * 0.8)
        let left = (channelNames.map { SVGDocument.width(of: $0, size: size) }.max() ?? 0) + 12
        let plot = Frame(
            x: frame.x + left, y: frame.y + 28, width: max(10, frame.width - left - 12),
            height: height * Double(channelNames.count))
        let width = plot.width / Double(steps)
        for (channel, name) in channelNames.enumerated() {
            let top = plot.y + Double(channel) * height
            document.write(name, at: Point(plot.x - 6, top + height / 2 + size * 0.36), anchor: .end, size: size)
            for (step, value) in relative(channel).enumerated() {
                // A little wider than its place, so that no seam shows.
                let cell = Frame(x: plot.x + Double(step) * width, y: top, width: width + 0.4, height: height + 0.4)
                document.rectangle(cell, fill: Self.ink(value))
            }
        }
        document.rectangle(plot, fill: nil, ink: .text)
        let ticks = Ticks(from: 0, to: Double(steps), about: 6)
        for (value, label) in zip(ticks.values, ticks.labels) where value.rounded() == value {
            document.write(label, at: Point(plot.x + value * width, plot.bottom + 16), anchor: .middle, size: 12)
        }
        document.write(stepTitle, at: Point(plot.x + plot.width / 2, plot.bottom + 34), anchor: .middle)
    }

    /// Draws the matrix into a part of the canvas, a row a channel: the darker, the farther from zero; below zero in blue.
    public func draw(on canvas: inout TerminalCanvas, column: Int, row: Int, columns: Int, rows: Int) {
        canvas.write(title, column: column, row: row)
        guard steps > 0 else { return }
        let left = (channelNames.map(\.count).max() ?? 0) + 1
        let width = max(1, min(steps, columns - left))
        for (channel, name) in channelNames.prefix(max(0, rows - 1)).enumerated() {
            canvas.write(name, column: column, row: row + 1 + channel)
            let relative = relative(channel)
            for cell in 0..<width {
                let value = relative[cell * steps / width]
                let shade = Self.shades[Int((value.magnitude * 4).rounded())]
                canvas.write(String(shade), column: column + left + cell, row: row + 1 + channel, ink: value < 0 ? .blue : .red)
            }
        }
    }

    private static let shades: [Character] = [" ", "░", "▒", "▓", "█"]

    /// A channel's values over the largest of their magnitudes, -1 to 1; 0 for what is not finite.
    private func relative(_ channel: Int) -> [Double] {
        let values = (0..<steps).map { self.values[$0 * channelNames.count + channel] }
        let largest = values.reduce(0) { $1.isFinite ? max($0, $1.magnitude) : $0 }
        return values.map { $0.isFinite && largest > 0 ? $0 / largest : 0 }
    }

    private static func ink(_ value: Double) -> Ink {
        let end: [Double] = value < 0 ? [42, 111, 181] : [209, 52, 43]
        let digits = end.map { component in
            let level = Int((255 + (component - 255) * min(1, value.magnitude)).rounded())
            return (level < 16 ? "0" : "") + String(level, radix: 16)
        }
        return Ink(hex: "#" + digits.joined(), code: 39)
    }
}

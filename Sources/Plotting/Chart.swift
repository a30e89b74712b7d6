/// Series over two axes, to be drawn on a `TerminalCanvas` or in an `SVGDocument`.
public struct Chart: Sendable {
    public var title: String
    public var x: Axis
    public var y: Axis
    public var series: [Series]
    /// Explains marks that the series' names do not.
    public var key: [Key]
    /// Said in the middle of an empty chart.
    public var note: String

    /// A sample of a mark with its meaning.
    public struct Key: Sendable {
        public enum Sample: Sendable { case line, hollow, faint, limit }

        public var sample: Sample
        public var meaning: String

        public init(_ sample: Sample, _ meaning: String) {
            self.sample = sample
            self.meaning = meaning
        }
    }

    public init(_ title: String, x: Axis, y: Axis, series: [Series] = [], key: [Key] = [], note: String = "") {
        self.title = title
        self.x = x
        self.y = y
        self.series = series
        self.key = key
        self.note = note
    }

    /// The place of a point of the data in a frame of the picture.
    func place(_ point: Point, in frame: Frame) -> Point {
        Point(frame.x + x.fraction(of: point.x) * frame.width, frame.bottom - y.fraction(of: point.y) * frame.height)
    }
}

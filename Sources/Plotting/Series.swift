/// What a chart shows of one thing, such as a band, in one colour and with one symbol.
public struct Series: Sendable {
    /// A measured value with its one-sigma error; an error of NaN or 0 has no bar.
    public struct Measurement: Equatable, Sendable {
        public var x: Double
        public var y: Double
        public var error: Double

        public init(x: Double, y: Double, error: Double = .nan) {
            self.x = x
            self.y = y
            self.error = error
        }
    }

    /// A range of y at one x.
    public struct Interval: Equatable, Sendable {
        public var x: Double
        public var lower: Double
        public var upper: Double

        public init(x: Double, lower: Double, upper: Double) {
            self.x = x
            self.lower = lower
            self.upper = upper
        }

        var isFinite: Bool { x.isFinite && lower.isFinite && upper.isFinite }
    }

    public enum Style: Sendable {
        case filled, hollow
        /// Small and pale, for what is less to be looked at.
        case faint
    }

    /// One layer; x ascends in lines and bands. What is not finite is left out and breaks them.
    public enum Mark: Sendable {
        case line([Point])
        case band([Interval])
        case points([Measurement], Style)
        /// Upper limits, drawn as triangles or arrows that point down.
        case limits([Point])
    }

    public var name: String
    public var ink: Ink
    public var symbol: Symbol
    /// Stands for a filled point where there are only characters.
    public var character: Character
    /// In the order in which they are drawn, each over the ones before.
    public var marks: [Mark]

    public init(_ name: String, ink: Ink, symbol: Symbol = .circle, character: Character = "o", marks: [Mark] = []) {
        self.name = name
        self.ink = ink
        self.symbol = symbol
        self.character = character
        self.marks = marks
    }
}

/// A colour as SVG writes it, and the nearest of a terminal's sixteen, which suits whatever background the terminal has.
public struct Ink: Equatable, Sendable {
    /// `#rrggbb`.
    public var hex: String
    /// Foreground code of ECMA-48's SGR: 30 to 37, or 90 to 97 for the bright ones.
    public var code: Int

    public init(hex: String, code: Int) {
        self.hex = hex
        self.code = code
    }

    public static let violet = Ink(hex: "#7b3fb3", code: 35)
    public static let green = Ink(hex: "#1f8a4c", code: 32)
    public static let red = Ink(hex: "#d1342b", code: 31)
    public static let amber = Ink(hex: "#c98500", code: 33)
    public static let blue = Ink(hex: "#2a6fb5", code: 34)
    public static let teal = Ink(hex: "#0c7f86", code: 36)
    public static let text = Ink(hex: "#222222", code: 39)
    public static let faint = Ink(hex: "#777777", code: 90)
}

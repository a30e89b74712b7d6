/// The text of a statement: a literal in the source, so that no value can be spliced into it.
///
/// It is deliberately not `ExpressibleByStringInterpolation`: values travel as `Parameter`s, and a literal with an
/// interpolation does not compile.
public struct SQL: ExpressibleByStringLiteral, Sendable {
    let text: String

    public init(stringLiteral text: String) {
        self.text = text
    }

    /// A statement that an operator or a document supplies as it is; never for text that was put together from values.
    public init(verbatim text: String) {
        self.text = text
    }
}

/// Where the rows of a batch lie in its input: positions of one row follow those of the row before.
public enum BatchRows: Sendable {
    /// Each as long as the network's input.
    case equal(count: Int)
    /// Row r holds the positions from starts[r] up to starts[r + 1]: one entry more than rows, the first 0.
    case ragged(starts: [Int])

    public var count: Int {
        switch self {
        case .equal(let count): count
        case .ragged(let starts): starts.count - 1
        }
    }

    /// The positions of a row, of a network whose input has `length`.
    func positions(of row: Int, length: Int) -> Range<Int> {
        switch self {
        case .equal: (row * length)..<((row + 1) * length)
        case .ragged(let starts): starts[row]..<starts[row + 1]
        }
    }
}

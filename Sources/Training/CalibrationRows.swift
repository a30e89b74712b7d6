public import Inference

/// Real rows of a network's input, on which ranges of activations are measured and losses judged.
public struct CalibrationRows: Sendable {
    /// (positions of all rows, C).
    public var inputs: [Float]
    public var rows: BatchRows
    /// (rows, scalars).
    public var scalars: [Float]

    public init(inputs: [Float], rows: BatchRows, scalars: [Float] = []) {
        self.inputs = inputs
        self.rows = rows
        self.scalars = scalars
    }

    /// The positions of a row, of a network whose input has `length`.
    func positions(of row: Int, length: Int) -> Range<Int> {
        switch rows {
        case .equal: (row * length)..<((row + 1) * length)
        case .ragged(let starts): starts[row]..<starts[row + 1]
        }
    }
}

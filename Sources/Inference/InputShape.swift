import ModelFile

/// What a network takes for one row of a batch.
public struct InputShape: Equatable, Sendable {
    /// Positions, T; the most that a row can have if `isRagged`.
    public let length: Int
    /// Values per position, C.
    public let channels: Int
    /// Values of the row beside its positions.
    public let scalars: Int
    public let isRagged: Bool
    public let classCount: Int

    init(_ shape: Architecture) {
        length = shape.length
        channels = shape.channels
        scalars = shape.scalars
        isRagged = shape.isRagged
        classCount = shape.classes
    }

    /// Refuses a batch of the wrong size or with a value that is not finite.
    func check(
        _ inputs: Span<Float>, _ rows: BatchRows, _ scalarValues: Span<Float>
    ) throws(InferenceError) {
        let positions = try positionCount(rows)
        // Extents of a model are at most 65,536: their product is no overflow, that with the caller's count may be.
        let (expected, overflow) = positions.multipliedReportingOverflow(by: channels)
        guard !overflow, inputs.count == expected else {
            throw .inputCount(expected: overflow ? 0 : expected, found: inputs.count)
        }
        let (expectedScalars, scalarOverflow) = rows.count.multipliedReportingOverflow(by: scalars)
        guard !scalarOverflow, scalarValues.count == expectedScalars else {
            throw .scalarCount(expected: scalarOverflow ? 0 : expectedScalars, found: scalarValues.count)
        }
        if let index = Self.firstNonFinite(inputs) {
            throw .nonFiniteInput(row: row(ofPosition: index / channels, rows))
        }
        if let index = Self.firstNonFinite(scalarValues) { throw .nonFiniteInput(row: index / scalars) }
    }

    private func positionCount(_ rows: BatchRows) throws(InferenceError) -> Int {
        switch rows {
        case .equal(let count):
            let (positions, overflow) = length.multipliedReportingOverflow(by: count)
            guard count >= 0, !overflow else { throw .inputCount(expected: 0, found: 0) }
            return positions
        case .ragged(let starts):
            guard starts.first == 0 else { throw .rowLength(row: 0, length: 0) }
            for row in 0..<(starts.count - 1) {
                let (count, overflow) = starts[row + 1].subtractingReportingOverflow(starts[row])
                guard !overflow, isRagged ? (1...length).contains(count) : count == length else {
                    throw .rowLength(row: row, length: overflow ? 0 : count)
                }
            }
            return starts[starts.count - 1]
        }
    }

    private func row(ofPosition position: Int, _ rows: BatchRows) -> Int {
        var row = 0
        while row + 1 < rows.count, rows.positions(of: row, length: length).upperBound <= position { row += 1 }
        return row
    }

    private static func firstNonFinite(_ values: Span<Float>) -> Int? {
        // The largest magnitude as an integer: infinity and everything that is not a number are at least 0x7f800000.
        // SAFETY: the buffer is used inside the closure only.
        values.withUnsafeBufferPointer { values in
            var largest: UInt32 = 0
            for value in values { largest = max(largest, value.bitPattern & 0x7fff_ffff) }
            return largest < 0x7f80_0000 ? nil : values.firstIndex { !$0.isFinite }
        }
    }
}

/// Runs a network on batches; owned by one worker and not Sendable.
///
/// Every engine holds its own copy of the weights and all the memory it needs, takes any shape of the family, and computes
/// each row for itself: a result depends neither on what else is in the batch nor on the order.
public protocol Engine: AnyObject {
    var input: InputShape { get }

    /// Class probabilities of a batch: inputs (positions of all rows, C) and scalars (rows, scalars) row-major, all finite,
    /// to probabilities (rows, classes).
    ///
    /// `probabilities` is emptied first, whatever happens, and its memory kept: the same array given again is not
    /// allocated again. On an error it is left empty.
    func classify(
        _ inputs: Span<Float>, _ rows: BatchRows, scalars: Span<Float>, into probabilities: inout [Float]
    ) throws(InferenceError)
}

extension Engine {
    public var classCount: Int { input.classCount }
    public var length: Int { input.length }
    public var channels: Int { input.channels }

    /// `count` rows of the network's own length and no scalars.
    public func classify(
        _ inputs: Span<Float>, count: Int, into probabilities: inout [Float]
    ) throws(InferenceError) {
        try classify(inputs, .equal(count: count), scalars: Span(), into: &probabilities)
    }

    public func classify(
        _ inputs: [Float], count: Int, into probabilities: inout [Float]
    ) throws(InferenceError) {
        try classify(inputs.span, count: count, into: &probabilities)
    }

    /// Rows of different lengths; see `BatchRows.ragged`.
    public func classify(
        _ inputs: [Float], rowStarts: [Int], scalars: [Float] = [], into probabilities: inout [Float]
    ) throws(InferenceError) {
        try classify(inputs.span, .ragged(starts: rowStarts), scalars: scalars.span, into: &probabilities)
    }
}

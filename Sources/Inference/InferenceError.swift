public import ModelFile

/// Why an engine cannot be made or cannot classify what it was given; none of it goes away by trying again.
public enum InferenceError: Error, Equatable, Sendable {
    /// The model's tensors cannot be read.
    case unusableModel(ModelFileError)
    /// The model holds no frozen activation ranges, which an integer engine needs.
    case noActivationRanges
    /// This processor cannot run the instruction set that was asked for.
    case unavailableKernels(String)
    /// The input holds another number of values than `count` rows of the network's input.
    case inputCount(expected: Int, found: Int)
    /// A row has another number of positions than the network takes.
    case rowLength(row: Int, length: Int)
    /// The batch has another number of scalars than its rows times the network's.
    case scalarCount(expected: Int, found: Int)
    /// A row of the batch has an input that is NaN or infinite.
    case nonFiniteInput(row: Int)
    /// A row's inputs are finite, and so large that the network overflows on them.
    case nonFiniteResult(row: Int)

    public var isRetriable: Bool { false }
}

extension InferenceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unusableModel(let error): "the model cannot be served: \(error)"
        case .noActivationRanges:
            "the model's quantisation.activations is not \"frozen\", so it holds no ranges: quantise it, or choose a float engine"
        case .unavailableKernels(let name): "this processor cannot run the \(name) kernels"
        case .inputCount(let expected, let found):
            "the network's input should hold \(expected) values and holds \(found)"
        case .rowLength(let row, let length):
            "row \(row) of the batch has \(length) positions, which the network does not take"
        case .scalarCount(let expected, let found): "the batch should hold \(expected) scalars and holds \(found)"
        case .nonFiniteInput(let row): "row \(row) of the batch has an input that is not finite; skip that alert"
        case .nonFiniteResult(let row):
            "row \(row) of the batch overflows the network: its inputs are out of scale; skip it"
        }
    }
}

public import CKernels
public import ModelFile

/// Runs a network's encoder blocks in integers, the embedding and the head in float, many rows at a time.
///
/// Every instruction set gives the same bits; docs/inference.md states the arithmetic. The model must hold frozen activation
/// ranges. A layer whose kernel is int8 runs in 8 bits, one whose kernel is float in 16. Allocates nothing per batch once the
/// result array has grown.
public final class Int8Engine: Engine {
    private let network: ChunkedNetwork<IntegerEncoder>

    public var input: InputShape { network.input }

    /// - Parameter instructions: nil takes the best that this processor has, or what APUS_KERNELS says.
    public init(model: Model, instructions: InstructionSet? = nil) throws(InferenceError) {
        guard model.metadata.quantisation?.activations == .frozen else { throw .noActivationRanges }
        network = try ChunkedNetwork(model, instructions) { kernels, memory, ends, space throws(ModelFileError) in
            try IntegerEncoder(model, kernels, memory, ends, space)
        }
    }

    public func classify(
        _ inputs: Span<Float>, _ rows: BatchRows, scalars: Span<Float>, into probabilities: inout [Float]
    ) throws(InferenceError) {
        try network.classify(inputs, rows, scalars: scalars, into: &probabilities)
    }
}

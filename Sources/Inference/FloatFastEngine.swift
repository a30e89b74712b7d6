public import CKernels
public import ModelFile

/// Runs a network in float on vector kernels, many rows at a time; for models without activation ranges, and to compare with.
///
/// Every instruction set gives the same bits. Allocates nothing per batch once the result array has grown.
public final class FloatFastEngine: Engine {
    private let network: ChunkedNetwork<FloatEncoder>

    public var input: InputShape { network.input }

    /// - Parameter instructions: nil takes the best that this processor has, or what APUS_KERNELS says.
    public init(model: Model, instructions: InstructionSet? = nil) throws(InferenceError) {
        network = try ChunkedNetwork(model, instructions) { kernels, memory, ends, space throws(ModelFileError) in
            try FloatEncoder(model, kernels, memory, ends, space)
        }
    }

    public func classify(
        _ inputs: Span<Float>, _ rows: BatchRows, scalars: Span<Float>, into probabilities: inout [Float]
    ) throws(InferenceError) {
        try network.classify(inputs, rows, scalars: scalars, into: &probabilities)
    }
}

import CKernels

extension apus_dense {
    /// A packed layer: its sums times the input's and the weights' scales, plus bias, in units of `outputScale` for each
    /// output and moved by `outputZero`.
    ///
    /// Nil when a factor is too small or too large for a float.
    init?(
        _ columns: IntegerColumns, input: ActivationScale, outputScale: (Int) -> Double, outputZero: Int32 = 0,
        _ kernels: apus_int8_kernels, _ memory: AlignedMemory
    ) {
        let bytes = columns.isNarrow ? kernels.narrow_bytes : 2
        let (rows, width) = ((columns.inputs + 3) / 4 * 4, columns.outputs.padded)
        let packed = memory.bytes(rows * width * Int(bytes))
        let start = memory.integers(width)
        apus_pack_weights(columns.weights, Int32(columns.inputs), Int32(columns.outputs), bytes, packed, start)
        let offset = columns.isNarrow && kernels.is_offset != 0 ? 128 - input.zero : -input.zero
        for n in 0..<width { start[n] *= offset }
        var multipliers: [Float] = []
        var offsets: [Float] = []
        for n in 0..<columns.outputs {
            multipliers.append(Float(input.scale * columns.scales[n] / outputScale(n)))
            offsets.append(Float(columns.bias[n] / outputScale(n)) + Float(outputZero))
        }
        // 32-bit sums times less than 1e28 are finite.
        guard multipliers.allSatisfy({ $0 < 1e28 }), offsets.allSatisfy(\.isFinite) else { return nil }
        self.init(
            inputs: Int32(rows), outputs: Int32(width), bytes: bytes, weights: packed, start: start,
            multiplier: memory.floats(multipliers, padded: width), offset: memory.floats(offsets, padded: width))
    }
}

import CKernels
import Foundation
import ModelFile
import Telemetry

/// Times each integer kernel alone at a network's shapes, on numbers without meaning.
struct KernelBench {
    private let kernels: apus_int8_kernels
    private let name: String
    private let shape: Architecture
    /// Positions of a call: about what a chunk of rows has.
    private let positions: Int
    private let rows: Double
    private let length: Int

    init(_ shape: Architecture, _ set: InstructionSet, positions perRow: Double) {
        guard let kernels = apus_int8_kernels_for(set) else { preconditionFailure("an available set has kernels") }
        self.kernels = kernels.pointee
        name = String(cString: set.nameBytes)
        self.shape = shape
        length = max(1, Int(perRow.rounded()))
        let count = max(1, 192 / length)
        positions = count * length
        rows = Double(count)
    }

    func run() -> [InferReport.Kernel] {
        let width = shape.heads * ((shape.headDim + 1) / 2 * 2)
        let (embed, ff) = (shape.embed, shape.ff)
        var lines: [InferReport.Kernel] = []
        for bytes in [Int32(2), kernels.narrow_bytes] {
            guard lines.isEmpty || bytes == 1 else { continue }
            let peak = peakRate(bytes)
            let bits = bytes == 1 ? "8 bits" : "16 bits"
            lines += [
                dense("qkv \(embed)x\(3 * width), \(bits)", embed, 3 * width, bytes, peak),
                dense("out+norm \(width)x\(embed), \(bits)", width, embed, bytes, peak, norm: true),
                dense("ffn.0 \(embed)x\(ff), \(bits)", embed, ff, bytes, peak),
                dense("ffn.1+norm \(ff)x\(embed), \(bits)", ff, embed, bytes, peak, norm: true),
            ]
        }
        lines.insert(attention(peakRate(2)), at: 0)
        return lines
    }

    /// Multiplications with additions per second.
    private func peakRate(_ bytes: Int32) -> Double {
        var sum: Int32 = 0
        var count = 0
        let seconds = best { count = kernels.peak(20_000, bytes, &sum) }
        return Double(count) / seconds
    }

    /// The least time of many calls, seconds.
    private func best(_ work: () -> Void) -> Double {
        var least = UInt64.max
        for _ in 0..<400 {
            let start = MonotonicClock.nanoseconds
            work()
            least = min(least, MonotonicClock.nanoseconds - start)
        }
        return Double(least) * 1e-9
    }

    private func line(_ name: String, _ macs: Int, _ seconds: Double, _ peak: Double) -> InferReport.Kernel {
        InferReport.Kernel(
            instructionSet: self.name, name: name, bestMicroseconds: seconds / rows * 1e6,
            gigaMACs: Double(macs) / seconds * 1e-9, fractionOfPeak: Double(macs) / seconds / peak)
    }

    private func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

    /// Memory of zeros that lives until `work` returns.
    private func withMemory(_ counts: [Int], _ work: ([UnsafeMutableRawPointer]) -> Void) {
        let blocks = counts.map { count in
            // SAFETY: zeroed before use, freed below, not used afterwards.
            let block = UnsafeMutableRawPointer.allocate(byteCount: count + 64, alignment: 64)
            block.initializeMemory(as: UInt8.self, repeating: 0, count: count + 64)
            return block
        }
        work(blocks)
        for block in blocks { block.deallocate() }
    }

    private func dense(
        _ label: String, _ inputs: Int, _ outputs: Int, _ bytes: Int32, _ peak: Double, norm: Bool = false
    ) -> InferReport.Kernel {
        let (columns, stride) = (padded(outputs), padded(inputs))
        var seconds = 0.0
        withMemory([
            stride * columns * 2, columns * 4, columns * 4, columns * 4, positions * stride * 2, positions * columns * 4,
            positions * columns * 2,
        ]) { memory in
            func floats(_ index: Int) -> UnsafeMutablePointer<Float> { memory[index].assumingMemoryBound(to: Float.self) }
            var layer = apus_dense(
                inputs: Int32((inputs + 3) / 4 * 4), outputs: Int32(columns), bytes: bytes, weights: memory[0],
                start: memory[1].assumingMemoryBound(to: Int32.self), multiplier: floats(2), offset: floats(3))
            var output = apus_quantiser(inverse_scale: 1, zero_point: 0, low: 0, high: 255, bytes: bytes)
            var layerNorm = apus_layer_norm(width: Int32(outputs), epsilon: 1e-6, gamma: floats(2), beta: floats(3))
            seconds = best {
                if norm {
                    kernels.dense_add_norm(
                        &layer, memory[4], stride, positions, floats(5), &layerNorm, &output, memory[6], columns)
                } else {
                    kernels.dense(&layer, memory[4], stride, positions, &output, memory[6], columns)
                }
            }
        }
        return line(label, positions * inputs * outputs, seconds, peak)
    }

    private func attention(_ peak: Double) -> InferReport.Kernel {
        let (heads, dim) = (shape.heads, (shape.headDim + 1) / 2 * 2)
        let (stride, width) = (padded(3 * heads * dim), padded(heads * dim))
        var seconds = 0.0
        let shifts = [Int32](repeating: 8, count: heads)
        withMemory([
            width * 4, positions * stride * 2, apus_attention_scratch(length, dim), positions * width * 2,
        ]) { memory in
            shifts.withUnsafeBufferPointer { shifts in
                var layer = apus_attention(
                    heads: Int32(heads), dim: Int32(dim), shift: shifts.baseAddress,
                    multiplier: memory[0].assumingMemoryBound(to: Float.self),
                    output: apus_quantiser(inverse_scale: 1, zero_point: 0, low: -32_767, high: 32_767, bytes: 2))
                let projected = memory[1].assumingMemoryBound(to: Int16.self)
                seconds = best {
                    for row in 0..<(positions / length) {
                        kernels.attention(
                            &layer, projected + row * length * stride, stride, length, memory[2],
                            memory[3] + row * length * width * 2, width)
                    }
                }
            }
        }
        let macs = positions * length * heads * dim * 2
        return line("attention \(heads)x\(dim), 16 bits", macs, seconds, peak)
    }
}

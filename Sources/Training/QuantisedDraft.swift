import Foundation
import ModelFile

/// A choice of what to quantise and how, and the file it makes.
struct QuantisedDraft {
    let model: Model
    let samples: ActivationSamples
    /// Layers whose kernels are in 8 bits; see `layers`.
    var narrow: Set<String> = []
    /// The fraction of the activations that each range leaves out at either end.
    var fractions: [String: Double] = [:]

    init(model: Model, samples: ActivationSamples) {
        self.model = model
        self.samples = samples
    }

    /// What can be in 8 bits: layers of one input each.
    var layers: [String] {
        (0..<model.architecture.layers).flatMap { layer in
            ["attn", "attn.out", "ffn.0", "ffn.1"].map { "layers.\(layer).\($0)" }
        }
    }

    var metadata: ModelMetadata {
        var metadata = model.metadata
        metadata.quantisation = Quantisation(granularity: .perChannel, activations: .frozen)
        return metadata
    }

    func tensors() throws(ModelFileError) -> [ModelTensor] {
        var tensors: [ModelTensor] = []
        for specification in model.architecture.tensors {
            let values = try model.floats(specification.name)
            guard let scaleName = specification.scaleName, isNarrow(specification.name) else {
                tensors.append(ModelTensor(specification.name, shape: specification.shape, .float32(values)))
                continue
            }
            let (weights, scales) = Self.narrowed(values, outputs: specification.shape[1])
            tensors.append(ModelTensor(specification.name, shape: specification.shape, .int8(weights)))
            tensors.append(ModelTensor(scaleName, shape: [scales.count], .float32(scales)))
        }
        for specification in model.architecture.activationRanges {
            let name = specification.name
            let fraction = fractions[name] ?? 0
            let ranges = (0..<(name.hasSuffix(".input") ? 1 : specification.count)).map {
                samples.range(.init(tensor: name, head: $0), leavingOut: fraction)
            }
            let values = name.hasSuffix(".input") ? [ranges[0].low, ranges[0].high] : ranges.map { max(-$0.low, $0.high) }
            tensors.append(ModelTensor(name, shape: specification.shape, .float32(values)))
        }
        return tensors
    }

    private func isNarrow(_ kernel: String) -> Bool {
        let layer = String(kernel.dropLast(".kernel".count))
        guard !narrow.contains(layer) else { return true }
        return ["query", "key", "value"].contains { part in
            layer.hasSuffix(".attn.\(part)") && narrow.contains(String(layer.dropLast(part.count + 1)))
        }
    }

    /// One scale for each output, the largest weight 127.
    private static func narrowed(_ values: [Float], outputs: Int) -> ([Int8], [Float]) {
        let scales = (0..<outputs).map { n in
            let largest = stride(from: n, to: values.count, by: outputs).reduce(Float(0)) { max($0, abs(values[$1])) }
            return largest > 0 ? largest / 127 : 1
        }
        let weights = values.indices.map { index in
            Int8(max(-127, min(127, (values[index] / scales[index % outputs]).rounded(.toNearestOrEven))))
        }
        return (weights, scales)
    }
}

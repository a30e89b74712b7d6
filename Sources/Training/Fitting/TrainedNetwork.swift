import LightCurves
public import ModelFile

/// What training ends with, on its way into a model file.
public struct TrainedNetwork: Sendable {
    public let layout: ParameterLayout
    public let parameters: [Float]
    public let calibrator: Calibrator

    public init(layout: ParameterLayout, parameters: [Float], calibrator: Calibrator) {
        self.layout = layout
        self.parameters = parameters
        self.calibrator = calibrator
    }

    /// The file's tensors: softmax(z / temperature) of them is what the calibrator makes of the trained logits, because the
    /// classifier's bias holds temperature times tau ln prior.
    public var tensors: [ModelTensor] {
        var tensors: [ModelTensor] = []
        func append(_ name: String, _ shape: [Int], _ values: some Collection<Float>) {
            tensors.append(ModelTensor(name, shape: shape, .float32(Array(values))))
        }
        /// Columns of a kernel and of its bias.
        func append(_ name: String, _ dense: ParameterLayout.Dense, _ columns: Range<Int>, bias shift: [Double] = []) {
            let rows = (0..<dense.inputs).flatMap { row in
                columns.map { parameters[dense.kernel + row * dense.outputs + $0] }
            }
            append("\(name).kernel", [dense.inputs, columns.count], rows)
            let bias = columns.map { parameters[dense.bias + $0] + (shift.isEmpty ? 0 : Float(shift[$0])) }
            append("\(name).bias", [columns.count], bias)
        }
        func append(_ name: String, _ norm: ParameterLayout.Norm) {
            append("\(name).gamma", [norm.width], parameters[norm.gamma..<norm.gamma + norm.width])
            append("\(name).beta", [norm.width], parameters[norm.beta..<norm.beta + norm.width])
        }
        append("embedding", layout.embedding, 0..<layout.embedding.outputs)
        for (index, block) in layout.blocks.enumerated() {
            let prefix = "layers.\(index)"
            let width = block.qkv.outputs / 3
            for (part, name) in ["query", "key", "value"].enumerated() {
                append("\(prefix).attn.\(name)", block.qkv, part * width..<(part + 1) * width)
            }
            append("\(prefix).attn.out", block.out, 0..<block.out.outputs)
            append("\(prefix).ln1", block.norm1)
            for (place, dense) in block.feed.enumerated() { append("\(prefix).ffn.\(place)", dense, 0..<dense.outputs) }
            append("\(prefix).ln2", block.norm2)
        }
        for (place, dense) in layout.head.enumerated() {
            let isLast = place == layout.head.count - 1
            append(
                isLast ? "classifier" : "head.\(place)", dense, 0..<dense.outputs,
                bias: isLast ? calibrator.biases.map { $0 * calibrator.temperature } : [])
        }
        return tensors
    }

    /// What the file says of them.
    public func metadata(
        name: String, _ recipe: TrainingRecipe, provenance: Provenance
    ) throws(TrainingError) -> ModelMetadata {
        do {
            return ModelMetadata(
                name: name, architecture: layout.architecture, preset: try recipe.preset.json(), classes: recipe.classes,
                calibration: Calibration(temperature: calibrator.temperature), provenance: provenance)
        } catch {
            throw .mismatch(reason: "the preset: \(error)")
        }
    }
}

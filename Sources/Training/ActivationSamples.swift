import Inference
import ModelFile

/// What the activations at each place of a network are on calibration rows: their ends, and a spread sample of them.
struct ActivationSamples {
    /// The name of a range tensor and, for a limit of a head, the head.
    struct Place: Hashable {
        var tensor: String
        var head = 0
    }

    private static let sampleCount = 200_000
    private(set) var values: [Place: [Float]] = [:]

    /// Runs the float reference on every row.
    init(_ model: Model, _ data: CalibrationRows) throws(InferenceError) {
        let engine = try FloatReferenceEngine(model: model)
        let shape = model.architecture
        let perRow = max(1, Self.sampleCount / max(1, data.rows.count))
        var collected: [Place: [Float]] = [:]
        for row in 0..<data.rows.count {
            let positions = data.positions(of: row, length: shape.length)
            let input = data.inputs[(positions.lowerBound * shape.channels)..<(positions.upperBound * shape.channels)]
            let scalars = data.scalars[(row * shape.scalars)..<((row + 1) * shape.scalars)]
            try engine.trace(Array(input), scalars: Array(scalars)) { layer, block, values in
                for (place, width, offset, stride) in Self.places(layer, block, shape) {
                    var sampled = collected[place] ?? []
                    Self.sample(values, width: width, offset: offset, stride: stride, limit: perRow, into: &sampled)
                    collected[place] = sampled
                }
            }
        }
        values = collected.mapValues { $0.sorted() }
    }

    /// The places that a layer's output tells of: features offset to offset + width of every stride.
    private static func places(
        _ layer: FloatReferenceEngine.Layer, _ block: Int, _ shape: Architecture
    ) -> [(Place, width: Int, offset: Int, stride: Int)] {
        func whole(_ name: String, _ width: Int) -> [(Place, width: Int, offset: Int, stride: Int)] {
            [(Place(tensor: name), width, 0, width)]
        }
        func heads(_ name: String) -> [(Place, width: Int, offset: Int, stride: Int)] {
            (0..<shape.heads).map {
                (Place(tensor: name, head: $0), shape.headDim, $0 * shape.headDim, shape.attentionWidth)
            }
        }
        let prefix = "layers.\(block)"
        return switch layer {
        case .embedding: whole("layers.0.attn.input", shape.embed)
        case .norm2 where block + 1 < shape.layers: whole("layers.\(block + 1).attn.input", shape.embed)
        case .query: heads("\(prefix).attn.query.limit")
        case .key: heads("\(prefix).attn.key.limit")
        case .value: heads("\(prefix).attn.value.limit")
        case .context: whole("\(prefix).attn.out.input", shape.attentionWidth)
        case .norm1: whole("\(prefix).ffn.0.input", shape.embed)
        case .middle: whole("\(prefix).ffn.1.input", shape.ff)
        default: []
        }
    }

    /// The smallest and largest value, and others evenly spread, `limit` of them or so.
    private static func sample(
        _ values: UnsafeBufferPointer<Float>, width: Int, offset: Int, stride: Int, limit: Int, into sampled: inout [Float]
    ) {
        var (low, high) = (Float.infinity, -Float.infinity)
        let rows = values.count / stride
        let step = max(1, rows * width / limit)
        for row in 0..<rows {
            for feature in 0..<width {
                let value = values[row * stride + offset + feature]
                low = min(low, value)
                high = max(high, value)
                if (row * width + feature) % step == 0 { sampled.append(value) }
            }
        }
        sampled.append(low)
        sampled.append(high)
    }

    /// The range that leaves out a fraction of the values at either end, as the file holds it.
    func range(_ place: Place, leavingOut fraction: Double) -> (low: Float, high: Float) {
        guard let sorted = values[place], !sorted.isEmpty else { return (0, 1) }
        let out = Int(Double(sorted.count) * fraction)
        let (low, high) = (min(0, sorted[out]), max(0, sorted[sorted.count - 1 - out]))
        // Nothing but zeros: any range does, and a scale of zero would not.
        return high - low > 0 ? (low, high) : (0, 1)
    }
}

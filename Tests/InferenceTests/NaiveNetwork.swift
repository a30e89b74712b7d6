import Foundation
import ModelFile

/// The network written down once more, from its formulas, all in double and nothing shared with the engine but the
/// weights.
struct NaiveNetwork {
    typealias Matrix = [[Double]]

    let model: Model
    var shape: Architecture { model.architecture }

    private func vector(_ name: String) throws -> [Double] { try model.floats(name).map(Double.init) }

    private func matrix(_ name: String, _ columns: Int) throws -> Matrix {
        let values = try vector(name)
        return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<($0 + columns)]) }
    }

    private func dense(_ x: Matrix, _ name: String, _ outputs: Int) throws -> Matrix {
        let kernel = try matrix("\(name).kernel", outputs)
        let bias = try vector("\(name).bias")
        return x.map { row in
            (0..<outputs).map { o in bias[o] + row.indices.reduce(0.0) { $0 + row[$1] * kernel[$1][o] } }
        }
    }

    private func relu(_ x: Matrix) -> Matrix { x.map { $0.map { max($0, 0) } } }

    private func sum(_ x: Matrix, _ y: Matrix) -> Matrix { zip(x, y).map { zip($0, $1).map { $0 + $1 } } }

    private func softmax(_ x: [Double]) -> [Double] {
        let largest = x.max() ?? 0
        let powers = x.map { exp($0 - largest) }
        let total = powers.reduce(0, +)
        return powers.map { $0 / total }
    }

    private func layerNorm(_ x: Matrix, _ name: String) throws -> Matrix {
        let gamma = try vector("\(name).gamma")
        let beta = try vector("\(name).beta")
        return x.map { row in
            let mean = row.reduce(0, +) / Double(row.count)
            let variance = row.reduce(0) { $0 + pow($1 - mean, 2) } / Double(row.count)
            return row.indices.map { gamma[$0] * (row[$0] - mean) / sqrt(variance + shape.layerNormEpsilon) + beta[$0] }
        }
    }

    private func attention(_ x: Matrix, _ prefix: String) throws -> Matrix {
        let query = try dense(x, "\(prefix).query", shape.attentionWidth)
        let key = try dense(x, "\(prefix).key", shape.attentionWidth)
        let value = try dense(x, "\(prefix).value", shape.attentionWidth)
        var context = Matrix(repeating: Array(repeating: 0, count: shape.attentionWidth), count: x.count)
        for head in 0..<shape.heads {
            let features = (head * shape.headDim)..<((head + 1) * shape.headDim)
            for t in x.indices {
                let scores = x.indices.map { j in
                    features.reduce(0) { $0 + query[t][$1] * key[j][$1] } / sqrt(Double(shape.headDim))
                }
                let weights = softmax(scores)
                for feature in features {
                    context[t][feature] = x.indices.reduce(0) { $0 + weights[$1] * value[$1][feature] }
                }
            }
        }
        return try dense(context, "\(prefix).out", shape.embed)
    }

    /// Class probabilities of one input (T, C) and its scalars.
    func probabilities(_ input: [Float], scalars: [Float] = []) throws -> [Double] {
        let length = input.count / shape.channels
        let x = (0..<length).map { t in (0..<shape.channels).map { Double(input[t * shape.channels + $0]) } }
        let position = (0..<length).map { t in
            (0..<shape.embed).map { i in
                let angle = Double(t) / pow(10_000, 2 * floor(Double(i) / 2) / Double(shape.embed))
                return shape.position == .none ? 0 : i % 2 == 0 ? sin(angle) : cos(angle)
            }
        }
        var hidden = sum(relu(try dense(x, "embedding", shape.embed)), position)
        for layer in 0..<shape.layers {
            let prefix = "layers.\(layer)"
            hidden = try layerNorm(sum(hidden, try attention(hidden, "\(prefix).attn")), "\(prefix).ln1")
            let middle = relu(try dense(hidden, "\(prefix).ffn.0", shape.ff))
            hidden = try layerNorm(sum(hidden, try dense(middle, "\(prefix).ffn.1", shape.embed)), "\(prefix).ln2")
        }
        var pooled = (0..<shape.embed).map { e in hidden.reduce(0) { $0 + $1[e] } / Double(length) }
        if shape.pooling == .meanAndMaximum {
            pooled += (0..<shape.embed).map { e in hidden.reduce(-Double.infinity) { max($0, $1[e]) } }
        }
        pooled += scalars.map(Double.init)
        for (index, width) in shape.head.enumerated() {
            pooled = relu(try dense([pooled], "head.\(index)", width))[0]
        }
        let logits = try dense([pooled], "classifier", shape.classes)[0]
        return softmax(logits.map { $0 / model.metadata.calibration.temperature })
    }
}

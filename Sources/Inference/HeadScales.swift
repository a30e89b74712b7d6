import CKernels
import Foundation
import ModelFile

/// How 16-bit queries, keys and values of each head stand for real ones: x = scale q.
///
/// The scale of queries is such that one step of the softmax's table, 1/32 of an octave, is a power of two of the integer
/// scores' unit.
struct HeadScales {
    let query, key, value: [Double]
    /// log2 of that step in units of the scores.
    let shift: [Int32]
    private let limit: Int32

    init(_ prefix: String, of model: Model) throws(ModelFileError) {
        let shape = model.architecture
        let pairs = (shape.headDim + 1) / 2 * 2
        // Neither a score, a sum of `pairs` products, nor a sum of weights (253 at most) times values exceeds 31 bits.
        let largest = Int((Double(Int32.max) / Double(pairs)).squareRoot())
        limit = Int32(min(32_767, largest, Int(Int32.max) / (253 * shape.length)))
        func scales(_ name: String, _ limit: Int32) throws(ModelFileError) -> [Double] {
            try model.floats("\(prefix).attn.\(name).limit").map { Double($0) / Double(limit) }
        }
        key = try scales("key", limit)
        value = try scales("value", limit)
        var query = try scales("query", limit)
        var shift: [Int32] = []
        let step = log(2) / 32 * Double(shape.headDim).squareRoot()
        for head in query.indices {
            let exponent = log2(step / (query[head] * key[head])).rounded(.down)
            shift.append(Int32(min(31, max(1, exponent))))
            query[head] = step * exp2(-Double(shift[head])) / key[head]
        }
        self.query = query
        self.shift = shift
    }

    /// Of an output of the product query | key | value, each `width` wide, `dim` for each head.
    func scale(output: Int, width: Int, dim: Int) -> Double {
        [query, key, value][output / width][output % width / dim]
    }

    var quantiser: apus_quantiser {
        apus_quantiser(inverse_scale: 1, zero_point: 0, low: Float(-limit), high: Float(limit), bytes: 2)
    }
}

/// Multi-head self-attention within each example: softmax(q k^T / sqrt D) v, and its way back.
///
/// q, k and v stand side by side in rows of 3 H D; the weights of all heads are kept, (T, T) each, example by example.
enum AttentionStep<R: Real> {
    typealias Pointer = UnsafeMutablePointer<R>

    struct Shape {
        let heads: Int
        let headDim: Int

        var width: Int { heads * headDim }
        var scale: R { 1 / R(headDim).squareRoot() }
    }

    /// Elements that the weights of some examples take.
    static func weightCount(_ rowStarts: [Int], heads: Int) -> Int {
        var count = 0
        for example in 0..<rowStarts.count - 1 {
            let length = rowStarts[example + 1] - rowStarts[example]
            count += heads * length * length
        }
        return count
    }

    /// qkv (positions, 3 H D) to context (positions, H D).
    static func forward(_ qkv: Pointer, _ rowStarts: [Int], _ shape: Shape, weights: Pointer, into context: Pointer) {
        let stride = 3 * shape.width
        var weights = weights
        for example in 0..<rowStarts.count - 1 {
            let first = rowStarts[example]
            let length = rowStarts[example + 1] - first
            for head in 0..<shape.heads {
                let query = qkv + first * stride + head * shape.headDim
                R.multiply(
                    MatrixView(query, stride: stride), MatrixView(query + shape.width, stride: stride, transposed: true),
                    rows: length, inner: shape.headDim, columns: length, addingTo: 0, weights, stride: length)
                softmax(weights, length: length, scale: shape.scale)
                R.multiply(
                    MatrixView(weights, stride: length), MatrixView(query + 2 * shape.width, stride: stride), rows: length,
                    inner: length, columns: shape.headDim, addingTo: 0,
                    context + first * shape.width + head * shape.headDim, stride: shape.width)
                weights += length * length
            }
        }
    }

    /// dContext (positions, H D) to dQkv (positions, 3 H D); `scratch` has room for the longest example's weights.
    static func backward(
        _ dContext: Pointer, qkv: Pointer, _ rowStarts: [Int], _ shape: Shape, weights: Pointer, scratch: Pointer,
        into dQkv: Pointer
    ) {
        let stride = 3 * shape.width
        var weights = weights
        for example in 0..<rowStarts.count - 1 {
            let first = rowStarts[example]
            let length = rowStarts[example + 1] - first
            for head in 0..<shape.heads {
                let query = qkv + first * stride + head * shape.headDim
                let (key, value) = (query + shape.width, query + 2 * shape.width)
                let dQuery = dQkv + first * stride + head * shape.headDim
                let dOutput = dContext + first * shape.width + head * shape.headDim
                R.multiply(
                    MatrixView(weights, stride: length, transposed: true), MatrixView(dOutput, stride: shape.width),
                    rows: length, inner: length, columns: shape.headDim, addingTo: 0, dQuery + 2 * shape.width,
                    stride: stride)
                R.multiply(
                    MatrixView(dOutput, stride: shape.width), MatrixView(value, stride: stride, transposed: true),
                    rows: length, inner: shape.headDim, columns: length, addingTo: 0, scratch, stride: length)
                softmaxBackward(scratch, weights, length: length, scale: shape.scale)
                R.multiply(
                    MatrixView(scratch, stride: length), MatrixView(key, stride: stride), rows: length, inner: length,
                    columns: shape.headDim, addingTo: 0, dQuery, stride: stride)
                R.multiply(
                    MatrixView(scratch, stride: length, transposed: true), MatrixView(query, stride: stride), rows: length,
                    inner: length, columns: shape.headDim, addingTo: 0, dQuery + shape.width, stride: stride)
                weights += length * length
            }
        }
    }

    /// Each row of scores becomes exp(scale x) / sum, in place.
    private static func softmax(_ scores: Pointer, length: Int, scale: R) {
        for row in 0..<length {
            let values = scores + row * length
            var largest = -R.infinity
            for index in 0..<length { largest = max(largest, values[index]) }
            for index in 0..<length { values[index] = (values[index] - largest) * scale }
        }
        R.exponentiate(scores, count: length * length)
        for row in 0..<length {
            let values = scores + row * length
            var sum: R = 0
            for index in 0..<length { sum += values[index] }
            let inverse = 1 / sum
            for index in 0..<length { values[index] *= inverse }
        }
    }

    /// The gradient of the weights becomes that of the scores before their scaling, in place.
    private static func softmaxBackward(_ gradient: Pointer, _ weights: Pointer, length: Int, scale: R) {
        for row in 0..<length {
            let (d, w) = (gradient + row * length, weights + row * length)
            var product: R = 0
            for index in 0..<length { product += d[index] * w[index] }
            for index in 0..<length { d[index] = scale * w[index] * (d[index] - product) }
        }
    }
}

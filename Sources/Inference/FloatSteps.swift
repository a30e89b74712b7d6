import Glibc

/// The steps of the network in float storage with double accumulators, one function each; readable first, the oracle
/// of faster ones.
///
/// Every buffer's count is stated and is the caller's to get right; none may overlap another unless said so.
enum FloatSteps {
    typealias Floats = UnsafeMutableBufferPointer<Float>
    typealias Doubles = UnsafeMutableBufferPointer<Double>

    /// y = x K + b, then ReLU if asked for; x (rows, in), y (rows, out), `row` at least (out).
    static func dense(
        _ x: UnsafeBufferPointer<Float>, rows: Int, _ weights: DenseWeights, relu: Bool = false, into y: Floats,
        row: Doubles
    ) {
        let (inputs, outputs) = (weights.inputs, weights.outputs)
        // SAFETY: the buffers are used inside the closures only; counts are those of the weights' own shapes.
        weights.kernel.withUnsafeBufferPointer { kernel in
            weights.bias.withUnsafeBufferPointer { bias in
                for r in 0..<rows {
                    for o in 0..<outputs { row[o] = bias[o] }
                    for i in 0..<inputs {
                        let factor = Double(x[r * inputs + i])
                        let kernelRow = UnsafeBufferPointer(rebasing: kernel[(i * outputs)..<((i + 1) * outputs)])
                        for o in 0..<outputs { row[o] += factor * kernelRow[o] }
                    }
                    for o in 0..<outputs {
                        let sum = Float(row[o])
                        y[r * outputs + o] = relu && sum < 0 ? 0 : sum
                    }
                }
            }
        }
    }

    /// x += y over the first `count` elements.
    static func add(_ y: UnsafeBufferPointer<Float>, to x: Floats, count: Int) {
        for index in 0..<count { x[index] += y[index] }
    }

    /// x = gamma (x - mean(x)) / sqrt(variance(x) + epsilon) + beta over each row, in place; x (rows, E).
    static func layerNorm(_ x: Floats, rows: Int, _ weights: LayerNormWeights) {
        let width = weights.gamma.count
        for r in 0..<rows {
            let values = Floats(rebasing: x[(r * width)..<((r + 1) * width)])
            var mean = 0.0
            for value in values { mean += Double(value) }
            mean /= Double(width)
            var variance = 0.0
            for value in values { variance += (Double(value) - mean) * (Double(value) - mean) }
            variance /= Double(width)
            let inverse = 1 / (variance + weights.epsilon).squareRoot()
            for index in 0..<width {
                values[index] = Float(
                    weights.gamma[index] * (Double(values[index]) - mean) * inverse + weights.beta[index])
            }
        }
    }

    /// context[t, h] = sum_j softmax_j(q[t, h] . k[j, h] / sqrt D) v[j, h] for every head h and position t; q, k, v,
    /// context (T, H D).
    ///
    /// Scores and their maximum are double, so that the exponential's argument is exact to a float's precision
    /// however large they are.
    static func attention(_ space: borrowing Workspace, length: Int, heads: Int, headDim: Int) {
        let scores = Doubles(rebasing: space.scores[..<length])
        let width = heads * headDim
        let scale = 1 / Double(headDim).squareRoot()
        for head in 0..<heads {
            for d in 0..<headDim {
                for t in 0..<length {
                    space.keys[d * length + t] = Double(space.key[t * width + head * headDim + d])
                    space.values[d * length + t] = Double(space.value[t * width + head * headDim + d])
                }
            }
            for t in 0..<length {
                let offset = t * width + head * headDim
                Self.scores(of: space.query, at: offset, scale, space.keys, headDim: headDim, into: scores)
                let sum = exponentiate(scores)
                for d in 0..<headDim {
                    let values = UnsafeBufferPointer(rebasing: space.values[(d * length)..<((d + 1) * length)])
                    let weighted = Sums.dot(values, UnsafeBufferPointer(scores))
                    space.context[offset + d] = Float(weighted / sum)
                }
            }
        }
    }

    /// scores[j] = scale sum_d query[offset + d] keys[d, j]; keys (D, T), scores (T).
    private static func scores(
        of query: Floats, at offset: Int, _ scale: Double, _ keys: Doubles, headDim: Int, into scores: Doubles
    ) {
        let length = scores.count
        for j in 0..<length { scores[j] = 0 }
        for d in 0..<headDim {
            let factor = Double(query[offset + d]) * scale
            let row = UnsafeBufferPointer(rebasing: keys[(d * length)..<((d + 1) * length)])
            for j in 0..<length { scores[j] += factor * row[j] }
        }
    }

    /// Below it the exponential is less than half of the smallest float, 2^-149.
    private static let underflow: Float = -104

    /// x[j] = exp(x[j] - max x), in place; the sum of the results, at least 1.
    private static func exponentiate(_ x: Doubles) -> Double {
        let largest = Sums.maximum(UnsafeBufferPointer(x))
        // PERF: the float exponential is a third of the double one's time and exact to half a unit of what is stored
        // anyway. Where it underflows, as it does for most scores of the published networks, libm takes a slow path
        // to the same 0.
        for j in 0..<x.count {
            let argument = Float(x[j] - largest)
            x[j] = argument < underflow ? 0 : Double(expf(argument))
        }
        return Sums.sum(UnsafeBufferPointer(x))
    }

    /// pooled[e] = largest over t of x[t, e]; x (T, E), pooled (E).
    static func maximumPool(_ x: UnsafeBufferPointer<Float>, length: Int, into pooled: Floats) {
        let width = pooled.count
        for e in 0..<width {
            var largest = x[e]
            for t in stride(from: 1, to: length, by: 1) where !(x[t * width + e] <= largest) { largest = x[t * width + e] }
            pooled[e] = largest
        }
    }

    /// pooled[e] = mean over t of x[t, e]; x (T, E), pooled (E), `row` at least (E).
    static func meanPool(_ x: UnsafeBufferPointer<Float>, length: Int, into pooled: Floats, row: Doubles) {
        let width = pooled.count
        for e in 0..<width { row[e] = 0 }
        for t in 0..<length {
            for e in 0..<width { row[e] += Double(x[t * width + e]) }
        }
        for e in 0..<width { pooled[e] = Float(row[e] / Double(length)) }
    }

    /// p = softmax(z / temperature), appended to `probabilities`; false, and nothing appended, when a logit is not
    /// finite.
    static func appendSoftmax(
        _ logits: UnsafeBufferPointer<Float>, temperature: Double, to probabilities: inout [Float]
    ) -> Bool {
        var largest = -Float.infinity
        for logit in logits {
            guard logit.isFinite else { return false }
            largest = max(largest, logit)
        }
        var sum = 0.0
        for logit in logits { sum += exp((Double(logit) - Double(largest)) / temperature) }
        for logit in logits {
            probabilities.append(Float(exp((Double(logit) - Double(largest)) / temperature) / sum))
        }
        return true
    }
}

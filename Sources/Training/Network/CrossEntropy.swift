import Glibc

/// Weighted cross-entropy of logits with soft targets, and its gradient.
enum CrossEntropy<R: Real> {
    /// The sum over examples of weight times -sum_k target_k ln softmax(logits)_k; `logits` (count, classes) becomes its
    /// gradient times `scale`.
    static func lossAndGradient(
        _ logits: UnsafeMutablePointer<R>, _ shard: borrowing Shard, classes: Int, scale: R
    ) -> R {
        var total: R = 0
        for example in 0..<shard.count {
            let row = logits + example * classes
            let weight = R(shard.weights[example])
            var largest = row[0]
            for index in 1..<classes { largest = max(largest, row[index]) }
            var expected: R = 0
            // 1 but for the rounding of 32 bits, which would show in a check of the gradient.
            var mass: R = 0
            for index in 0..<classes {
                row[index] -= largest
                mass += R(shard.targets[example * classes + index])
                expected += R(shard.targets[example * classes + index]) * row[index]
            }
            R.exponentiate(row, count: classes)
            var sum: R = 0
            for index in 0..<classes { sum += row[index] }
            total += weight * (mass * R(log(Double(sum))) - expected)
            for index in 0..<classes {
                row[index] = weight * scale * (mass * row[index] / sum - R(shard.targets[example * classes + index]))
            }
        }
        return total
    }
}

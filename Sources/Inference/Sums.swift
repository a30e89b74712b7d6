/// Sums over contiguous double arrays in four running parts.
///
/// PERF: one running sum waits four cycles for each addition; four of them are as plain and let the processor overlap.
enum Sums {
    /// sum_j a[j].
    static func sum(_ a: UnsafeBufferPointer<Double>) -> Double {
        var parts = SIMD4<Double>.zero
        var index = 0
        while index + 4 <= a.count {
            parts += SIMD4(a[index], a[index + 1], a[index + 2], a[index + 3])
            index += 4
        }
        var total = parts.sum()
        while index < a.count {
            total += a[index]
            index += 1
        }
        return total
    }

    /// sum_j a[j] b[j]; both have a's count.
    static func dot(_ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>) -> Double {
        var parts = SIMD4<Double>.zero
        var index = 0
        while index + 4 <= a.count {
            let left = SIMD4(a[index], a[index + 1], a[index + 2], a[index + 3])
            parts += left * SIMD4(b[index], b[index + 1], b[index + 2], b[index + 3])
            index += 4
        }
        var total = parts.sum()
        while index < a.count {
            total += a[index] * b[index]
            index += 1
        }
        return total
    }

    /// max_j a[j]; minus infinity for no elements.
    static func maximum(_ a: UnsafeBufferPointer<Double>) -> Double {
        var parts = SIMD4<Double>(repeating: -.infinity)
        var index = 0
        while index + 4 <= a.count {
            let next = SIMD4(a[index], a[index + 1], a[index + 2], a[index + 3])
            parts.replace(with: next, where: next .> parts)
            index += 4
        }
        var largest = parts.max()
        while index < a.count {
            largest = a[index] > largest ? a[index] : largest
            index += 1
        }
        return largest
    }
}

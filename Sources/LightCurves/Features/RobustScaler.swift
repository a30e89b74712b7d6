/// Centre and scale of one column by its median and interquartile range.
///
/// Source: scikit-learn's `robust_scale`, with NumPy's linear percentiles.
public struct RobustScaler: Equatable, Sendable {
    /// Median.
    public let center: Double
    /// 75th less 25th percentile, 1 where that is 0.
    public let scale: Double

    /// Fits one column of `values` (rows, columns); `sorted` is scratch. Zero rows give centre 0 and scale 1.
    public init(_ values: ArraySlice<Double>, column: Int, of columns: Int, sorted: inout [Double]) {
        sorted.removeAll(keepingCapacity: true)
        for index in stride(from: values.startIndex + column, to: values.endIndex, by: columns) {
            sorted.append(values[index])
        }
        Self.sort(&sorted)
        guard !sorted.isEmpty else {
            center = 0
            scale = 1
            return
        }
        let upperMiddle = sorted[sorted.count / 2]
        center = sorted.count % 2 == 1 ? upperMiddle : (sorted[sorted.count / 2 - 1] + upperMiddle) / 2
        let range = Self.quantile(0.75, of: sorted) - Self.quantile(0.25, of: sorted)
        scale = range == 0 ? 1 : range
    }

    public func scaled(_ value: Double) -> Double { (value - center) / scale }

    /// Linear interpolation between the two nearest ranks; rounded as NumPy does, from the nearer one.
    static func quantile(_ fraction: Double, of sorted: [Double]) -> Double {
        let position = fraction * Double(sorted.count - 1)
        let below = Int(position)
        let above = min(below + 1, sorted.count - 1)
        let weight = position - Double(below)
        let difference = sorted[above] - sorted[below]
        return weight < 0.5 ? sorted[below] + difference * weight : sorted[above] - difference * (1 - weight)
    }

    // PERF: insertion sort, because the library's sort allocates, and a smooth curve is half in order already.
    private static func sort(_ values: inout [Double]) {
        for index in values.indices.dropFirst() {
            let value = values[index]
            var position = index
            while position > 0, values[position - 1] > value {
                values[position] = values[position - 1]
                position -= 1
            }
            values[position] = value
        }
    }
}

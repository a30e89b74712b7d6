/// Mean, and on request maximum, over the positions of each example, and the way back.
enum PoolStep<R: Real> {
    typealias Pointer = UnsafeMutablePointer<R>

    /// x (positions, width) to the first columns of y, whose rows are `stride` long: the mean, then the maximum.
    ///
    /// `places` (count, width) keeps which position gave each maximum.
    static func forward(
        _ x: Pointer, _ rowStarts: [Int], width: Int, withMaximum: Bool, places: UnsafeMutablePointer<Int32>,
        into y: Pointer, stride: Int
    ) {
        for example in 0..<rowStarts.count - 1 {
            let (first, end) = (rowStarts[example], rowStarts[example + 1])
            let mean = y + example * stride
            mean.update(repeating: 0, count: width)
            for position in first..<end {
                let values = x + position * width
                for index in 0..<width { mean[index] += values[index] }
            }
            let inverse = 1 / R(end - first)
            for index in 0..<width { mean[index] *= inverse }
            guard withMaximum else { continue }
            let maximum = mean + width
            let place = places + example * width
            for index in 0..<width {
                maximum[index] = x[first * width + index]
                place[index] = Int32(first)
            }
            for position in first + 1..<max(first + 1, end) {
                let values = x + position * width
                for index in 0..<width where values[index] > maximum[index] {
                    maximum[index] = values[index]
                    place[index] = Int32(position)
                }
            }
        }
    }

    /// dy to dx (positions, width), all of which is written.
    static func backward(
        _ dy: Pointer, stride: Int, _ rowStarts: [Int], width: Int, withMaximum: Bool, places: UnsafePointer<Int32>,
        into dx: Pointer
    ) {
        for example in 0..<rowStarts.count - 1 {
            let (first, end) = (rowStarts[example], rowStarts[example + 1])
            let mean = dy + example * stride
            let inverse = 1 / R(end - first)
            for position in first..<end {
                let values = dx + position * width
                for index in 0..<width { values[index] = mean[index] * inverse }
            }
            guard withMaximum else { continue }
            let place = places + example * width
            for index in 0..<width { dx[Int(place[index]) * width + index] += mean[width + index] }
        }
    }
}

/// Layer normalisation of each row: y = gamma (x - mean) / sqrt(variance + epsilon) + beta, and its way back.
enum NormStep<R: Real> {
    typealias Pointer = UnsafeMutablePointer<R>

    /// x (rows, width) to y; keeps the normalised rows and 1 / sqrt(variance + epsilon), (rows), for the way back.
    static func forward(
        _ x: Pointer, rows: Int, _ layer: ParameterLayout.Norm, _ parameters: UnsafePointer<R>, epsilon: R,
        normalised: Pointer, inverse: Pointer, into y: Pointer
    ) {
        let width = layer.width
        let (gamma, beta) = (parameters + layer.gamma, parameters + layer.beta)
        for row in 0..<rows {
            let values = x + row * width
            var mean: R = 0
            for index in 0..<width { mean += values[index] }
            mean /= R(width)
            var variance: R = 0
            for index in 0..<width { variance += (values[index] - mean) * (values[index] - mean) }
            let scale = 1 / (variance / R(width) + epsilon).squareRoot()
            inverse[row] = scale
            let kept = normalised + row * width
            let output = y + row * width
            for index in 0..<width {
                kept[index] = (values[index] - mean) * scale
                output[index] = gamma[index] * kept[index] + beta[index]
            }
        }
    }

    /// dy (rows, width) to dx, which may be the same memory.
    static func backward(
        _ dy: Pointer, rows: Int, _ layer: ParameterLayout.Norm, _ parameters: UnsafePointer<R>, normalised: Pointer,
        inverse: Pointer, gradient: Pointer, into dx: Pointer
    ) {
        let width = layer.width
        let gamma = parameters + layer.gamma
        let (dGamma, dBeta) = (gradient + layer.gamma, gradient + layer.beta)
        for row in 0..<rows {
            let kept = normalised + row * width
            let outputs = dy + row * width
            let inputs = dx + row * width
            var sum: R = 0
            var product: R = 0
            for index in 0..<width {
                dGamma[index] += outputs[index] * kept[index]
                dBeta[index] += outputs[index]
                let scaled = outputs[index] * gamma[index]
                sum += scaled
                product += scaled * kept[index]
            }
            sum /= R(width)
            product /= R(width)
            let scale = inverse[row]
            for index in 0..<width {
                inputs[index] = scale * (outputs[index] * gamma[index] - sum - kept[index] * product)
            }
        }
    }
}

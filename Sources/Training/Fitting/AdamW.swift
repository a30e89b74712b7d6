import Glibc

/// Adam with decoupled weight decay (Kingma and Ba 2015; Loshchilov and Hutter 2019).
public struct AdamW: Sendable, Codable, Equatable {
    public var beta1: Float = 0.9
    public var beta2: Float = 0.999
    public var epsilon: Float = 1e-8
    /// Share of a decaying parameter that one step at rate 1 takes away.
    public var weightDecay: Float
    /// Steps taken.
    public private(set) var step = 0
    private(set) var mean: [Float]
    private(set) var square: [Float]

    public init(parameterCount: Int, weightDecay: Float) {
        self.weightDecay = weightDecay
        mean = Array(repeating: 0, count: parameterCount)
        square = mean
    }

    /// One step down the gradient; only the parameters in `decaying` shrink.
    mutating func update(
        _ parameters: inout [Float], gradient: UnsafePointer<Float>, rate: Float, decaying: [Range<Int>]
    ) {
        step += 1
        for range in decaying {
            for index in range { parameters[index] -= rate * weightDecay * parameters[index] }
        }
        let correction1 = Float(1 / (1 - pow(Double(beta1), Double(step))))
        let correction2 = Float(1 / (1 - pow(Double(beta2), Double(step))))
        for index in parameters.indices {
            let slope = gradient[index]
            mean[index] = beta1 * mean[index] + (1 - beta1) * slope
            square[index] = beta2 * square[index] + (1 - beta2) * slope * slope
            parameters[index] -=
                rate * mean[index] * correction1 / ((square[index] * correction2).squareRoot() + epsilon)
        }
    }
}

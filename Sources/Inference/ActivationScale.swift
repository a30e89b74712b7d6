import CKernels
import Foundation

/// How integers stand for the activations at one place: x = scale (q - zero).
struct ActivationScale {
    let scale: Double
    let zero: Int32
    let low: Int32
    let high: Int32
    let isNarrow: Bool

    /// 8 bits, 0 to 255, for values from `range[0]` (at most 0) to `range[1]`.
    static func narrow(_ range: [Float]) -> ActivationScale {
        let scale = (Double(range[1]) - Double(range[0])) / 255
        let zero = Int32(min(255, (-Double(range[0]) / scale).rounded(.toNearestOrEven)))
        return ActivationScale(scale: scale, zero: zero, low: 0, high: 255, isNarrow: true)
    }

    /// Up to 16 bits, -limit to limit, for values of that range.
    static func wide(_ range: [Float], limit: Int32) -> ActivationScale {
        let scale = Double(max(-range[0], range[1])) / Double(limit)
        return ActivationScale(scale: scale, zero: 0, low: -limit, high: limit, isNarrow: false)
    }

    /// As kernels have it; after a ReLU nothing is below zero.
    func quantiser(_ kernels: apus_int8_kernels, relu: Bool = false) -> apus_quantiser {
        apus_quantiser(
            inverse_scale: Float(1 / scale), zero_point: Float(zero), low: Float(relu ? zero : low), high: Float(high),
            bytes: isNarrow ? kernels.narrow_bytes : 2)
    }
}

import Alerts
import CKernels
import LightCurves

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

let threeBands: [Passband] = [.ztfG, .ztfR, .ztfI]

/// The instruction sets of this machine, and the eight-lane code in AVX2 registers.
enum LaneCode: CaseIterable, CustomStringConvertible {
    case scalar, avx2, avx512, neon, wide

    static var available: [LaneCode] {
        allCases.filter { $0.instructionSet.isAvailable }
    }

    var instructionSet: InstructionSet {
        switch self {
        case .scalar: .scalar
        case .avx2, .wide: .avx2
        case .avx512: .avx512
        case .neon: .neon
        }
    }

    func regridder(passbands: [Passband] = threeBands, length: Int = 100) -> LaneRegridder {
        LaneRegridder(
            passbands: passbands, length: length, instructionSet: instructionSet, usesWideCode: self == .wide)
    }

    var description: String { self == .wide ? "eight lanes in AVX2" : "\(instructionSet.rawValue)" }
}

/// A curve that looks like what a survey sends: a transient, a periodic variable or noise, in one to three bands.
func simulatedCurve(count: Int, using random: inout SplitMix64) -> LightCurve {
    func uniform(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }
    func normal() -> Double { sqrt(-2 * log(1 - uniform(0...0.999_999_9))) * cos(2 * Double.pi * uniform(0...1)) }
    let kind = Int.random(in: 0..<5, using: &random)
    let bands = Array(threeBands.prefix(Int.random(in: 1...6, using: &random).clamped(to: 1...3)))
    let span = exp(uniform(0.7...5.5))
    let amplitude = exp(uniform(3...10))
    let peak = uniform(-0.2...1) * span
    let rise = exp(uniform(0...2.5))
    let fall = rise * exp(uniform(0.3...2.5))
    let period = exp(uniform(-1...3.5))
    let colour = uniform(-0.5...0.5)
    let noise = exp(uniform(-5 ... -0.7))
    var curve = LightCurve()
    var night = 0.0
    for _ in 0..<count {
        // Several points of one night, minutes apart, are common.
        night = uniform(0...1) < 0.3 ? night + uniform(0...0.05) : uniform(0...span)
        let band = Int.random(in: 0..<bands.count, using: &random)
        let tint = 1 + colour * Double(band)
        let shape =
            switch kind {
            case 0: 0.0
            case 1: sin(2 * Double.pi * night / period)
            default: 1 / (exp((night - peak) / fall) + exp((peak - night) / rise))
            }
        let error = amplitude * noise * uniform(0.5...1.5)
        curve.append(
            mjd: 59_000 + night, passband: bands[band], flux: amplitude * tint * shape + error * normal(),
            fluxErr: error)
    }
    return curve
}

extension Comparable {
    fileprivate func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}

func batch(of curves: [LightCurve], passbands: [Passband] = threeBands) -> LightCurveBatch {
    var batch = LightCurveBatch()
    for curve in curves {
        batch.append(curve, passbands: passbands)
    }
    return batch
}

/// The plain engine's optimum from the usual start, as tight as double precision allows: searched again from its end
/// until that gains nothing. Nil when the start has no likelihood.
func tightOptimum(of curve: LightCurve, with process: inout GaussianProcess) -> BoundedMinimizer.Minimum? {
    guard let start = GaussianProcessFit.start(for: curve) else { return nil }
    let minimizer = BoundedMinimizer(valueTolerance: 1e-15, gradientTolerance: 1e-8)
    let bounds = GaussianProcessFit.bounds(around: start)
    var found: BoundedMinimizer.Minimum?
    for _ in 0..<8 {
        let again = minimizer.minimum(from: found?.point ?? start, within: bounds) { theta in
            guard let likelihood = process.likelihood(of: curve, at: theta) else {
                return .init(value: 1e25, gradient: .zero)
            }
            return .init(value: likelihood.negativeLog, gradient: likelihood.gradient)
        }
        let gain = (found?.value ?? .infinity) - again.value
        if gain >= 0 { found = again }
        guard gain > 1e-12 else { break }
    }
    return found.flatMap { $0.value < 1e20 ? $0 : nil }
}

public import CKernels

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Light curves on even time grids by fitted Gaussian processes, many at a time, one a vector lane.
///
/// Computes what `Regridder` does (start, bounds, kernel), with a search of its own that goes on to the optimum. A
/// curve's result depends on nothing but the curve's points: not on their order, nor on what else is in the batch, nor on
/// the instruction set, to the last bit. One worker's; its memory grows to the largest batch seen and then stays.
public final class LaneRegridder {
    /// How a curve ended.
    public struct Outcome: Equatable, Sendable {
        /// Log of half the variance, and log of the squared time scale in days^2, at the optimum.
        public var theta: SIMD2<Double>
        public var negativeLogLikelihood: Double
        public var evaluations: Int
        /// Why there is no prediction; nil when there is one.
        public var reason: SkipReason?
    }

    public let passbands: [Passband]
    /// Points of the grid, from a curve's first point to its last.
    public let length: Int
    /// (curves, length, passbands): mean flux; zeros where the outcome is a reason.
    public private(set) var mean: [Double] = []
    /// (curves, length, passbands): standard deviation; empty unless it was asked for.
    public private(set) var deviation: [Double] = []
    /// (curves)
    public private(set) var outcomes: [Outcome] = []

    private let instructionSet: InstructionSet
    private let usesWideCode: Bool
    private let engine: OpaquePointer
    private var points = LanePoints()

    /// Up to six passbands; the batch's indices are into them. An instruction set that is not there becomes `scalar`.
    public convenience init(passbands: [Passband], length: Int, instructionSet: InstructionSet = .selected) {
        self.init(passbands: passbands, length: length, instructionSet: instructionSet, usesWideCode: false)
    }

    /// `usesWideCode`: eight lanes as with AVX-512, in AVX2 registers.
    package init(passbands: [Passband], length: Int, instructionSet: InstructionSet, usesWideCode: Bool) {
        self.passbands = passbands
        self.length = length
        self.instructionSet = instructionSet.isAvailable ? instructionSet : .scalar
        self.usesWideCode = usesWideCode
        let engine = apus_gp_create(Int32(passbands.count), passbands.map(\.wavelength), Int32(length))
        guard let engine else {
            preconditionFailure("a grid has 1 to \(APUS_GP_PASSBANDS) passbands and at least one point")
        }
        self.engine = engine
    }

    deinit {
        apus_gp_destroy(engine)
    }

    /// Fits each curve and fills `mean`, `outcomes` and, when it is asked for, `deviation`.
    public func regrid(_ curves: LightCurveBatch, predictsDeviation: Bool = false) {
        points.removeAll()
        outcomes.removeAll(keepingCapacity: true)
        let size = length * passbands.count
        resize(&mean, to: curves.count * size)
        resize(&deviation, to: predictsDeviation ? curves.count * size : 0)
        for curve in 0..<curves.count {
            let reason = points.append(curve, of: curves, passbands: passbands.count)
            outcomes.append(
                Outcome(theta: .zero, negativeLogLikelihood: 0, evaluations: 0, reason: reason))
            guard reason != nil else { continue }
            for index in curve * size..<(curve + 1) * size {
                mean[index] = 0
                if predictsDeviation { deviation[index] = 0 }
            }
        }
        points.regrid(with: engine, instructionSet, usesWideCode: usesWideCode, &mean, &deviation)
        for (index, curve) in points.curves.enumerated() {
            outcomes[Int(curve.row)] = outcome(of: curve, start: points.start[index])
        }
    }

    private func outcome(of curve: apus_gp_curve, start: Double) -> Outcome {
        var outcome = Outcome(
            theta: SIMD2(start + curve.shift, curve.theta1), negativeLogLikelihood: 0,
            evaluations: Int(curve.evaluations))
        switch Int(curve.status) {
        case APUS_GP_DONE:
            let count = Double(curve.points)
            outcome.negativeLogLikelihood =
                curve.negative_log_likelihood + count * (log(curve.unit) + 0.5 * log(2 * Double.pi))
        case APUS_GP_NOT_POSITIVE_DEFINITE: outcome.reason = .notPositiveDefinite
        default: outcome.reason = .nonFinite
        }
        return outcome
    }

    private func resize(_ array: inout [Double], to count: Int) {
        if array.count > count {
            array.removeLast(array.count - count)
        }
        array.reserveCapacity(count)
        while array.count < count {
            array.append(0)
        }
    }
}

extension apus_gp_curve {
    /// Points in all slots.
    fileprivate var points: Int32 { count.0 + count.1 + count.2 + count.3 + count.4 + count.5 }
}

extension LanePoints {
    /// Fits and predicts all curves; `deviation` may be empty.
    fileprivate mutating func regrid(
        with engine: OpaquePointer, _ instructionSet: InstructionSet, usesWideCode: Bool, _ mean: inout [Double],
        _ deviation: inout [Double]
    ) {
        let done = withPoints { curves, count, points in
            mean.withUnsafeMutableBufferPointer { mean in
                deviation.withUnsafeMutableBufferPointer { deviation in
                    let deviation = deviation.isEmpty ? nil : deviation.baseAddress
                    // SAFETY: `mean`, and `deviation` if any, have a row for each curve's `row`, and `first` and `count`
                    // of each curve are within the points; the call keeps none of the pointers.
                    return usesWideCode
                        ? apus_gp_regrid_wide(engine, curves, count, points, mean.baseAddress, deviation)
                        : apus_gp_regrid(engine, instructionSet, curves, count, points, mean.baseAddress, deviation)
                }
            }
        }
        precondition(done, "no memory for a batch of light curves")
    }
}

import Alerts

/// What an observation's token can hold beside its band; docs/preprocessing.md has the formulas.
public enum TokenFeature: String, FeatureName, CaseIterable {
    /// Time from the newest observation, days.
    case time
    /// Its signed logarithm.
    case logTime
    /// Time from the brightest observation, days.
    case timeFromBrightest
    /// Its signed logarithm.
    case logTimeFromBrightest
    /// Time since the observation before in the same band, days, signed logarithm; missing for the first.
    case logGap
    /// asinh of a tenth of the flux.
    case asinhFlux
    /// Flux over the brightest observation's absolute flux.
    case relativeFlux
    /// Common logarithm of its absolute value.
    case logRelativeFlux
    /// Common logarithm of the flux error.
    case logError
    /// asinh of flux over error.
    case asinhSignalToNoise
    /// 1 for a detection, 0 for forced photometry, -1 for an upper limit.
    case origin

    public var range: ClosedRange<Double> {
        switch self {
        case .time, .timeFromBrightest: -1000...1000
        case .logTime, .logTimeFromBrightest, .logGap: -4...4
        case .asinhFlux: -20...20
        case .relativeFlux: -3...3
        case .logRelativeFlux: -3...1
        case .logError: -3...8
        case .asinhSignalToNoise: -10...10
        case .origin: -1...1
        }
    }
}

extension TokenFeature {
    /// The value for one observation of a curve; nil where there is none.
    func value(at index: Int, of curve: LightCurve, _ summary: CurveSummary) -> Double? {
        let flux = curve.flux[index]
        switch self {
        case .time: return curve.mjd[index] - summary.newestMjd
        case .logTime: return FeatureMath.signedLog(curve.mjd[index] - summary.newestMjd)
        case .timeFromBrightest: return curve.mjd[index] - summary.brightestMjd
        case .logTimeFromBrightest: return FeatureMath.signedLog(curve.mjd[index] - summary.brightestMjd)
        case .logGap:
            guard let before = curve.indexBefore(index, in: curve.band[index]) else { return nil }
            return FeatureMath.signedLog(curve.mjd[index] - curve.mjd[before])
        case .asinhFlux: return FeatureMath.asinhFlux(flux)
        case .relativeFlux: return summary.relative(flux)
        case .logRelativeFlux: return FeatureMath.log(summary.relative(flux).magnitude)
        case .logError: return FeatureMath.log(curve.fluxErr[index])
        case .asinhSignalToNoise: return FeatureMath.asinhRatio(flux, curve.fluxErr[index])
        case .origin:
            switch curve.origin[index] {
            case .candidate, .previous: return 1
            case .forced: return 0
            case .upperLimit: return -1
            }
        }
    }
}

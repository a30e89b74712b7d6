import Alerts

extension ScalarFeature {
    /// Colours are taken from two observations this far apart at most, days.
    private static let colourGapDays = 3.0
    /// How far back `recentRate` looks, days.
    private static let recentDays = 10.0

    /// The value for one alert and its curve; nil or NaN where there is none.
    func value(of alert: Alert, _ curve: LightCurve, _ summary: CurveSummary) -> Double? {
        let count = Double(curve.count)
        let newest = curve.count - 1
        switch self {
        case .logMaximumFlux: return FeatureMath.log(summary.maximumFlux)
        case .logPoints: return FeatureMath.log(count)
        case .logSpan: return FeatureMath.signedLog(summary.newestMjd - curve.mjd[0])
        case .logRiseTime: return FeatureMath.signedLog(summary.brightestMjd - curve.mjd[0])
        case .logFadeTime: return FeatureMath.signedLog(summary.newestMjd - summary.brightestMjd)
        case .fractionNegative: return Self.share(of: curve) { curve.flux[$0] < 0 }
        case .fractionDetections: return Self.share(of: curve) { curve.origin[$0].isDetection }
        case .fractionAboveHalf: return Self.share(of: curve) { curve.flux[$0].magnitude > summary.maximumFlux / 2 }
        case .asinhMaximumSignalToNoise: return Self.maximumSignalToNoise(curve)
        case .logVariation: return curve.variation.map(FeatureMath.log)
        case .meanRelativeFlux: return Self.moments(curve, summary).mean
        case .deviationRelativeFlux: return Self.moments(curve, summary).deviation
        case .newestRelativeFlux: return summary.relative(curve.flux[newest])
        case .riseRate: return Self.rate(curve, summary, of: summary.brightest, 0..<(summary.brightest + 1))
        case .fadeRate: return Self.rate(curve, summary, of: summary.brightest, summary.brightest..<curve.count)
        case .recentRate:
            var first = newest
            while first > 0, (summary.newestMjd - curve.mjd[first - 1]).magnitude <= Self.recentDays { first -= 1 }
            return Self.rate(curve, summary, of: newest, first..<curve.count)
        case .colourUG: return Self.colour(curve, .u, .g, near: summary.brightestMjd)
        case .colourGR: return Self.colour(curve, .g, .r, near: summary.brightestMjd)
        case .colourRI: return Self.colour(curve, .r, .i, near: summary.brightestMjd)
        case .colourIZ: return Self.colour(curve, .i, .z, near: summary.brightestMjd)
        case .colourZY: return Self.colour(curve, .z, .y, near: summary.brightestMjd)
        case .newestColourGR: return Self.colour(curve, .g, .r, near: summary.newestMjd)
        case .newestColourRI: return Self.colour(curve, .r, .i, near: summary.newestMjd)
        default: return value(of: alert)
        }
    }

    /// The features that need no curve.
    private func value(of alert: Alert) -> Double? {
        switch self {
        case .starScore: return Double(alert.sgscore)
        case .logStarDistance: return FeatureMath.log(Double(alert.distpsnr))
        case .referenceMagnitude: return Double(alert.magnr)
        case .logReferenceDistance: return FeatureMath.signedLog(Double(alert.distnr))
        case .realBogus: return Double(alert.realBogus)
        case .logDetections: return alert.ndethist < 0 ? nil : FeatureMath.signedLog(Double(alert.ndethist))
        case .logAge: return FeatureMath.signedLog(alert.jd - alert.jdstarthist)
        case .sineOfGalacticLatitude: return FeatureMath.sineOfGalacticLatitude(ra: alert.ra, dec: alert.dec)
        default: return nil
        }
    }

    private static func share(of curve: LightCurve, where condition: (Int) -> Bool) -> Double {
        var number = 0
        for row in 0..<curve.count where condition(row) { number += 1 }
        return Double(number) / Double(curve.count)
    }

    private static func maximumSignalToNoise(_ curve: LightCurve) -> Double {
        var largest = 0.0
        for row in 0..<curve.count { largest = max(largest, curve.flux[row].magnitude / curve.fluxErr[row]) }
        return FeatureMath.asinhRatio(largest, 1)
    }

    /// Mean and standard deviation of the relative flux.
    private static func moments(_ curve: LightCurve, _ summary: CurveSummary) -> (mean: Double, deviation: Double) {
        var mean = 0.0
        for row in 0..<curve.count { mean += summary.relative(curve.flux[row]) }
        mean /= Double(curve.count)
        var squares = 0.0
        for row in 0..<curve.count {
            let difference = summary.relative(curve.flux[row]) - mean
            squares += difference * difference
        }
        return (mean, (squares / Double(curve.count)).squareRoot())
    }

    /// Signed logarithm of the slope in hundredths of the brightest flux a day, in the band of row `reference`.
    private static func rate(
        _ curve: LightCurve, _ summary: CurveSummary, of reference: Int, _ rows: Range<Int>
    ) -> Double? {
        curve.slope(in: curve.band[reference], rows: rows).map { FeatureMath.signedLog(100 * summary.relative($0)) }
    }

    /// -2.5 log10(f_blue / f_red) of each band's observation nearest to a time, both of one sign.
    private static func colour(_ curve: LightCurve, _ blue: Band, _ red: Band, near mjd: Double) -> Double? {
        guard let first = curve.index(nearest: mjd, in: blue), let second = curve.index(nearest: mjd, in: red),
            (curve.mjd[first] - curve.mjd[second]).magnitude <= colourGapDays
        else { return nil }
        let ratio = curve.flux[first] / curve.flux[second]
        return ratio > 0 && ratio.isFinite ? -2.5 * FeatureMath.log(ratio) : nil
    }
}

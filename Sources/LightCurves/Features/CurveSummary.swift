/// What several features of one curve share.
///
/// Only for curves with at least one observation, in ascending order of the Julian date.
struct CurveSummary {
    /// The observation with the largest |flux| - error, the earliest of several.
    let brightest: Int
    let brightestMjd: Double
    /// The newest observation's time, days; the last row's, whichever way time runs.
    let newestMjd: Double
    /// |flux| of the brightest observation.
    let maximumFlux: Double

    init?(_ curve: LightCurve) {
        guard curve.count > 0 else { return nil }
        var brightest = 0
        var best = -Double.infinity
        for index in 0..<curve.count {
            let excess = curve.flux[index].magnitude - curve.fluxErr[index]
            guard excess > best else { continue }
            best = excess
            brightest = index
        }
        self.brightest = brightest
        brightestMjd = curve.mjd[brightest]
        newestMjd = curve.mjd[curve.count - 1]
        maximumFlux = curve.flux[brightest].magnitude
    }

    /// A flux in units of the brightest observation's; 0 where all are 0.
    func relative(_ flux: Double) -> Double {
        maximumFlux > 0 ? flux / maximumFlux : 0
    }
}

import Alerts

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Difference fluxes of one zero point, as the presets of our own have them.
struct DifferenceFlux {
    let zeroPoint: Double
    let keepsSign: Bool
    /// Flux of 1 nJy.
    private let nanojansky: Double
    /// d flux / d magnitude over flux: ln 10 / 2.5.
    private static let fluxPerMagnitude = 0.921034037197618

    init(zeroPoint: Double, keepsSign: Bool) {
        self.zeroPoint = zeroPoint
        self.keepsSign = keepsSign
        nanojansky = pow(10, 0.4 * (zeroPoint - FluxConversion.nanojanskyZeroPoint))
    }

    /// A row's flux and one-sigma error; nil when either is unknown or not finite, or the error not positive.
    ///
    /// A flux is taken before a magnitude, and an upper limit is a flux of 0 with a fifth of the limit for its error.
    func measurement(_ row: Int, of detections: Detections) -> (flux: Double, fluxErr: Double)? {
        var flux = 0.0
        var error: Double
        if detections.origin[row] == .upperLimit {
            error = absolute(detections.diffmaglim[row]) / 5
        } else if !detections.flux[row].isNaN {
            flux = Double(detections.flux[row]) * nanojansky
            error = Double(detections.fluxErr[row]) * nanojansky
        } else {
            flux = absolute(detections.magpsf[row])
            error = flux * Self.fluxPerMagnitude * Double(detections.sigmapsf[row])
            if detections.isdiffpos[row] < 0 { flux = -flux }
        }
        guard flux.isFinite, error.isFinite, error > 0 else { return nil }
        return (keepsSign ? flux : flux.magnitude, error)
    }

    /// Flux of a magnitude without sign; NaN for an infinite one.
    private func absolute(_ magnitude: Float) -> Double {
        magnitude.isFinite ? pow(10, 0.4 * (zeroPoint - Double(magnitude))) : .nan
    }
}

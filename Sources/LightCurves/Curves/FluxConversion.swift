#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Magnitudes and fluxes of alerts to fluxes of one zero point.
public enum FluxConversion {
    /// AB magnitude of a flux of 1 nJy: 1 nJy is 1e-32 W/m2/Hz, and magnitude 0 is 3631 Jy, to 1.4e-4 mag.
    public static let nanojanskyZeroPoint = 31.4

    /// 10^(-0.4 m + 11), zero point 27.5, for a magnitude of either sign of difference: the sign is lost, as published.
    ///
    /// Source, and of `fluxErr`: fink-utils, `mag2fluxcal_snana`, after SNANA's `FLUXCAL`. The constants are rounded there,
    /// and rounded they stay. NaN for an infinite magnitude, which would pass for a flux of exactly 0 otherwise.
    public static func flux(magpsf: Float) -> Double {
        guard magpsf.isFinite else { return .nan }
        return pow(10, -0.4 * Double(magpsf) + 11)
    }

    /// One-sigma error of `flux`: 9.21034e10 exp(-0.921034 m) sigma.
    public static func fluxErr(magpsf: Float, sigmapsf: Float) -> Double {
        9.21034e10 * exp(-0.921034 * Double(magpsf)) * Double(sigmapsf)
    }
}

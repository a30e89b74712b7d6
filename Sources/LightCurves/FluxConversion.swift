#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Magnitudes to fluxes as the published code does it: SNANA's `FLUXCAL`, zero point 27.5.
///
/// Source: fink-utils, `mag2fluxcal_snana`. The constants are rounded there, and rounded they stay.
public enum FluxConversion {
    /// 10^(-0.4 m + 11), for a magnitude of either sign of difference: the sign is lost, as published.
    ///
    /// NaN for an infinite magnitude, which would pass for a flux of exactly 0 otherwise.
    public static func flux(magpsf: Float) -> Double {
        guard magpsf.isFinite else { return .nan }
        return pow(10, -0.4 * Double(magpsf) + 11)
    }

    /// One-sigma error of `flux`: 9.21034e10 exp(-0.921034 m) sigma.
    public static func fluxErr(magpsf: Float, sigmapsf: Float) -> Double {
        9.21034e10 * exp(-0.921034 * Double(magpsf)) * Double(sigmapsf)
    }
}

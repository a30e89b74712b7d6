#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The functions that features are made of.
enum FeatureMath {
    /// sign(x) log10(1 + |x|): a logarithm that passes through 0.
    static func signedLog(_ x: Double) -> Double {
        let logarithm = log10(1 + x.magnitude)
        return x < 0 ? -logarithm : logarithm
    }

    /// Common logarithm; minus infinity for 0.
    static func log(_ x: Double) -> Double { log10(x) }

    /// asinh(f / 10): linear below the noise of a deep exposure (AB 25), logarithmic above.
    static func asinhFlux(_ flux: Double) -> Double { asinh(flux / 10) }

    /// asinh(f / error).
    static func asinhRatio(_ flux: Double, _ error: Double) -> Double { asinh(flux / error) }

    /// |sin b| of the galactic latitude b of a position in degrees, J2000.
    ///
    /// Source: the galactic pole of the Hipparcos catalogue (ESA SP-1200, volume 1, section 1.5.3).
    static func sineOfGalacticLatitude(ra: Double, dec: Double) -> Double {
        let degree = Double.pi / 180
        let pole = (ra: 192.85948 * degree, dec: 27.12825 * degree)
        let sine = sin(dec * degree) * sin(pole.dec) + cos(dec * degree) * cos(pole.dec) * cos(ra * degree - pole.ra)
        return sine.magnitude
    }
}

public import Alerts

/// A band and the wavelength that stands for it in the Gaussian process.
public struct Passband: Equatable, Sendable {
    public var band: Band
    /// Effective wavelength, Angstrom.
    public var wavelength: Double

    public init(band: Band, wavelength: Double) {
        self.band = band
        self.wavelength = wavelength
    }

    // The wavelengths that the published serving code uses (fink-science, module t2).
    public static let ztfG = Passband(band: .g, wavelength: 4804.79)
    public static let ztfR = Passband(band: .r, wavelength: 6436.92)
    public static let ztfI = Passband(band: .i, wavelength: 7968.22)
}

public import Alerts

/// A band and the wavelength that stands for it in the Gaussian process.
public struct Passband: Codable, Equatable, Sendable {
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

    /// The six bands of LSST with nominal wavelengths, to 10 Angstrom: they only set distances between bands.
    public static let ugrizy = [
        Passband(band: .u, wavelength: 3670), Passband(band: .g, wavelength: 4830), Passband(band: .r, wavelength: 6220),
        Passband(band: .i, wavelength: 7550), Passband(band: .z, wavelength: 8690), Passband(band: .y, wavelength: 9710),
    ]
}

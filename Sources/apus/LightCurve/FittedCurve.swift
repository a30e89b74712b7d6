import Alerts
import LightCurves

/// A Gaussian process fitted to an alert's detections in all their bands, for people to look at.
///
/// Times run forward and fluxes keep their signs, whatever a model's preset does; forced photometry is left out.
struct FittedCurve {
    /// Days after the newest row; (points).
    let days: [Double]
    let bands: [Band]
    /// nJy; (points, bands).
    let mean: [Double]
    /// One-sigma, nJy; (points, bands).
    let deviation: [Double]

    private static let points = 240
    /// The plain fit's cost grows with the cube: this many take a few seconds.
    private static let mostDetections = 500

    /// - Throws: why there is no fit.
    init(_ curve: ObservedCurve, survey: Survey) throws(SkipReason) {
        let usable = curve.detections.filter { $0.fluxErr.isFinite && $0.fluxErr >= 0 }
        guard usable.count <= Self.mostDetections else { throw .tooManyDetections }
        let passbands = Band.allCases.filter { band in usable.contains { $0.band == band } }.map {
            Passband(band: $0, wavelength: Self.wavelength(of: $0, survey))
        }
        var fluxes = LightCurve()
        for observation in usable {
            for passband in passbands where passband.band == observation.band {
                fluxes.append(mjd: observation.day, passband: passband, flux: observation.flux, fluxErr: observation.fluxErr)
            }
        }
        var regridder = Regridder(passbands: passbands, length: Self.points)
        let outcome = try regridder.regrid(fluxes)
        regridder.predictDeviation(fluxes, at: outcome.theta)
        days = regridder.grid
        bands = passbands.map(\.band)
        mean = regridder.mean
        deviation = regridder.deviation
    }

    /// Mean and deviation of a band at each of `days`; empty for a band without detections.
    func values(in band: Band) -> [(day: Double, mean: Double, deviation: Double)] {
        guard let column = bands.firstIndex(of: band) else { return [] }
        return days.indices.map { row in
            let index = row * bands.count + column
            return (days[row], mean[index], deviation[index])
        }
    }

    /// Effective wavelengths, Angstrom: ZTF as the presets have them; LSST as avocado has them (Boone 2019).
    private static func wavelength(of band: Band, _ survey: Survey) -> Double {
        switch (survey, band) {
        case (.ztf, .g): Passband.ztfG.wavelength
        case (.ztf, .r): Passband.ztfR.wavelength
        case (.ztf, .i): Passband.ztfI.wavelength
        case (_, .u): 3671
        case (_, .g): 4827.3
        case (_, .r): 6223.2
        case (_, .i): 7546
        case (_, .z): 8691
        case (_, .y): 9710.3
        }
    }
}

public import Alerts

/// One object's detections as fluxes, all arrays of one length; cleared and filled again for each alert.
public struct LightCurve: Sendable {
    /// Time, days; `fink-t2` counts it backwards from the first row of the history.
    public private(set) var mjd: [Double] = []
    public private(set) var band: [Band] = []
    /// Wavelength that stands for the band, Angstrom.
    public private(set) var wavelength: [Double] = []
    /// Flux, zero point 27.5.
    public private(set) var flux: [Double] = []
    /// One-sigma error of `flux`.
    public private(set) var fluxErr: [Double] = []

    public init() {}

    public var count: Int { mjd.count }

    public mutating func append(mjd: Double, passband: Passband, flux: Double, fluxErr: Double) {
        self.mjd.append(mjd)
        band.append(passband.band)
        wavelength.append(passband.wavelength)
        self.flux.append(flux)
        self.fluxErr.append(fluxErr)
    }

    /// Empties the curve and keeps its memory.
    public mutating func removeAll() {
        mjd.removeAll(keepingCapacity: true)
        band.removeAll(keepingCapacity: true)
        wavelength.removeAll(keepingCapacity: true)
        flux.removeAll(keepingCapacity: true)
        fluxErr.removeAll(keepingCapacity: true)
    }

    /// Replaces the curve by an alert's usable detections in `passbands`, in their order in the packet.
    ///
    /// Time is `jd[0] - jd`, so it runs backwards, as published; `jd[0]` is the first row of the history, an upper
    /// limit or not (forced photometry is no part of the history).
    public mutating func fill(from alert: Alert, in detections: Detections, passbands: [Passband]) {
        removeAll()
        var firstJd: Double?
        for row in alert.observations.clamped(to: 0..<detections.count) where detections.origin[row] != .forced {
            let jd = detections.jd[row]
            let start = firstJd ?? jd
            firstJd = start
            let magpsf = detections.magpsf[row]
            let sigmapsf = detections.sigmapsf[row]
            guard detections.isDetection(row), !sigmapsf.isNaN else { continue }
            for passband in passbands where passband.band == detections.band[row] {
                append(
                    mjd: start - jd, passband: passband, flux: FluxConversion.flux(magpsf: magpsf),
                    fluxErr: FluxConversion.fluxErr(magpsf: magpsf, sigmapsf: sigmapsf))
            }
        }
    }

    /// Whether every number in the curve is finite.
    public var isFinite: Bool {
        for index in 0..<count
        where !(mjd[index].isFinite && flux[index].isFinite && fluxErr[index].isFinite) {
            return false
        }
        return true
    }
}

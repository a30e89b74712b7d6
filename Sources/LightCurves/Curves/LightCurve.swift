public import Alerts

/// One object's detections as fluxes, all arrays of one length; cleared and filled again for each alert.
public struct LightCurve: Sendable {
    /// Time, days: from the newest observation, or in `fink-t2` backwards from the first row of the history.
    public private(set) var mjd: [Double] = []
    public private(set) var band: [Band] = []
    /// Wavelength that stands for the band, Angstrom.
    public private(set) var wavelength: [Double] = []
    /// Flux; the preset has its zero point, which is 27.5 in all of ours.
    public private(set) var flux: [Double] = []
    /// One-sigma error of `flux`.
    public private(set) var fluxErr: [Double] = []
    public private(set) var origin: [Detections.Origin] = []

    public init() {}

    public var count: Int { mjd.count }

    public mutating func append(
        mjd: Double, passband: Passband, flux: Double, fluxErr: Double, origin: Detections.Origin = .previous
    ) {
        self.mjd.append(mjd)
        band.append(passband.band)
        wavelength.append(passband.wavelength)
        self.flux.append(flux)
        self.fluxErr.append(fluxErr)
        self.origin.append(origin)
    }

    /// Empties the curve and keeps its memory.
    public mutating func removeAll() {
        mjd.removeAll(keepingCapacity: true)
        band.removeAll(keepingCapacity: true)
        wavelength.removeAll(keepingCapacity: true)
        flux.removeAll(keepingCapacity: true)
        fluxErr.removeAll(keepingCapacity: true)
        origin.removeAll(keepingCapacity: true)
    }

    /// Replaces the curve by an alert's usable detections in `passbands` by the published convention, in their order in
    /// the packet.
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
                    fluxErr: FluxConversion.fluxErr(magpsf: magpsf, sigmapsf: sigmapsf),
                    origin: detections.origin[row])
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

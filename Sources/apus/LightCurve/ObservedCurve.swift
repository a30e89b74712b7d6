import Alerts
import Foundation

/// One alert's observations as signed difference fluxes, nJy (AB magnitude 31.4 is 1 nJy), whatever the survey publishes.
struct ObservedCurve {
    struct Observation {
        /// Days after the newest row of the alert, so 0 or less.
        var day: Double
        var band: Band
        var flux: Double
        /// One-sigma error; NaN where there is none.
        var fluxErr: Double
        var isForced: Bool

        /// AB magnitude of the difference without its sign.
        var magnitude: Double { ObservedCurve.magnitude(flux: flux.magnitude) }
        /// One-sigma error of `magnitude`, to first order.
        var magnitudeErr: Double { 2.5 / log(10) * fluxErr / flux.magnitude }
    }

    struct Limit {
        var day: Double
        var band: Band
        /// Five-sigma limiting magnitude, AB.
        var magnitude: Double
    }

    private(set) var observations: [Observation] = []
    private(set) var limits: [Limit] = []
    /// Where `day` is 0.
    let newestJd: Double

    init(_ alert: Alert, in detections: Detections) {
        let rows = alert.observations.clamped(to: 0..<detections.count)
        newestJd = rows.reduce(alert.jd) { max($0, detections.jd[$1]) }
        for row in rows {
            let observed = detections[row]
            let day = observed.jd - newestJd
            guard day.isFinite else { continue }
            if let (flux, error) = Self.flux(of: observed) {
                observations.append(
                    Observation(day: day, band: observed.band, flux: flux, fluxErr: error, isForced: observed.origin == .forced))
            } else if observed.origin == .upperLimit, observed.diffmaglim.isFinite {
                limits.append(Limit(day: day, band: observed.band, magnitude: Double(observed.diffmaglim)))
            }
        }
    }

    /// Every band that anything was observed in, in order of wavelength.
    var bands: [Band] {
        Band.allCases.filter { band in
            observations.contains { $0.band == band } || limits.contains { $0.band == band }
        }
    }

    /// The survey's own measurements, without forced photometry.
    var detections: [Observation] { observations.filter { !$0.isForced } }

    static func flux(magnitude: Double) -> Double { pow(10, -0.4 * (magnitude - 31.4)) }

    /// NaN for a flux that is not positive.
    static func magnitude(flux: Double) -> Double { flux > 0 ? 31.4 - 2.5 * log10(flux) : .nan }

    private static func flux(of row: Detections.Row) -> (Double, Double)? {
        if row.flux.isFinite { return (Double(row.flux), Double(row.fluxErr)) }
        guard row.magpsf.isFinite else { return nil }
        let flux = flux(magnitude: Double(row.magpsf))
        // An unknown sign counts as brighter.
        return (row.isdiffpos < 0 ? -flux : flux, flux * 0.4 * log(10) * Double(row.sigmapsf))
    }
}

import Alerts
import Foundation

/// The true brightness of one simulated object against time.
///
/// Analytic shapes, one for each kind, good enough to load a broker with plausible packets. This is a workload
/// generator and not a training set: there is no spectral model, no host extinction, no rate or luminosity function
/// behind it.
enum LightCurve {
    case riseAndFall(RiseAndFall)
    case plateau(Plateau)
    case pulsation(Pulsation)
    case eclipses(Eclipses)
    case randomWalk(DampedRandomWalk)
    case flare(Flare)
    /// One exposure only, at `jd`.
    case passage(jd: Double, flux: Double)

    /// What difference imaging sees, and the whole light at the position: zero point as in `Photometry`.
    struct Value {
        var difference: Double
        var total: Double
    }

    /// The value at a time; times must ascend from call to call, because a random walk only goes forward.
    mutating func value(jd: Double, band: Band, using generator: inout SeededGenerator) -> Value {
        let channel = Photometry.index(of: band)
        switch self {
        case .riseAndFall(let curve):
            let flux = curve.flux(jd: jd, channel: channel)
            return Value(difference: flux, total: flux)
        case .plateau(let curve):
            let flux = curve.flux(jd: jd, channel: channel)
            return Value(difference: flux, total: flux)
        case .pulsation(let star):
            return star.value(jd: jd, channel: channel)
        case .eclipses(let star):
            return star.value(jd: jd, channel: channel)
        case .randomWalk(var walk):
            walk.advance(to: jd, using: &generator)
            self = .randomWalk(walk)
            return walk.value(channel: channel)
        case .flare(let flare):
            return flare.value(jd: jd, channel: channel)
        case .passage(let moment, let flux):
            let seen = jd == moment ? flux : 0
            return Value(difference: seen, total: seen)
        }
    }
}

/// The law of Bazin et al. 2009 (arXiv:0904.1066, eq. 1): exp(-t / fall) / (1 + exp(-t / rise)), scaled to 1 at its
/// peak.
struct RiseAndFall {
    /// Julian date of the peak in r, days.
    var peakJd: Double
    /// e-folding times in g, r, i, days; each `fall` exceeds twice its `rise`.
    var rise: [Double]
    var fall: [Double]
    /// Flux at the peak in g, r, i.
    var peak: [Double]

    func flux(jd: Double, channel: Int) -> Double {
        let rise = rise[channel]
        let fall = fall[channel]
        let summit = rise * log(fall / rise - 1)
        let time = jd - peakJd + summit
        return peak[channel] * Self.law(time, rise, fall) / Self.law(summit, rise, fall)
    }

    private static func law(_ time: Double, _ rise: Double, _ fall: Double) -> Double {
        // Both forms are the same; each keeps its exponentials below one on its side of zero.
        if time < 0 {
            let growth = exp(time / rise)
            return exp(time / rise - time / fall) / (1 + growth)
        }
        return exp(-time / fall) / (1 + exp(-time / rise))
    }
}

/// A type II supernova: a quick rise, a plateau that declines linearly in magnitude, a drop, then the tail of cobalt.
///
/// The pieces are those of Villar et al. 2019 (arXiv:1905.07422) and the drop is the Fermi function of Olivares et al.
/// 2010 (arXiv:1004.2534); the tail falls with the mean life of cobalt-56, 111.3 days.
struct Plateau {
    var peakJd: Double
    /// Days.
    var rise: Double
    /// Length of the plateau, days.
    var length: Double
    /// Decline on the plateau in g, r, i, magnitudes a day.
    var slope: [Double]
    var peak: [Double]

    static let tailFraction = 0.10
    static let tailLife = 111.3
    static let dropWidth = 4.0

    func flux(jd: Double, channel: Int) -> Double {
        let time = jd - peakJd
        let risen = 1 / (1 + exp(-(time + 3 * rise) / rise))
        let age = max(0, time)
        let decline = exp(-age * slope[channel] / Photometry.magnitudesPerFold)
        let standing = 1 / (1 + exp((age - length) / Self.dropWidth))
        let tail = exp(-age / Self.tailLife)
        return peak[channel] * risen * ((1 - Self.tailFraction) * decline * standing + Self.tailFraction * tail)
    }
}

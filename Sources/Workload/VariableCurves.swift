import Foundation

/// A star that pulsates: a steep rise and a slow fall in magnitude, repeated.
///
/// The phase law sin(x) + 0.35 sin(2x) + 0.12 sin(3x) is a truncated Fourier series with the amplitude ratios of RR
/// Lyrae stars of type ab (Simon and Teays 1982, ApJ 261, 586); with `skew` 0 it is the plain sine used for long-period
/// variables.
struct Pulsation {
    /// Days.
    var period: Double
    /// 0 to 1.
    var phase: Double
    /// 1 for the sawtooth, 0 for a sine.
    var skew: Double
    /// Mean magnitude and half of the full amplitude in g, r, i.
    var mean: [Double]
    var amplitude: [Double]

    func value(jd: Double, channel: Int) -> LightCurve.Value {
        let angle = 2 * Double.pi * (jd / period + phase)
        let shape = sin(angle) + skew * (0.35 * sin(2 * angle) + 0.12 * sin(3 * angle))
        let total = Photometry.flux(magnitude: mean[channel] - amplitude[channel] * shape)
        // The reference image averages many epochs, so the star is at times brighter and at times fainter than it.
        return LightCurve.Value(difference: total - Photometry.flux(magnitude: mean[channel]), total: total)
    }
}

/// Two stars that eclipse each other: two dips a period, of Gaussian shape, and the tides' double wave.
struct Eclipses {
    /// Days.
    var period: Double
    var phase: Double
    /// Magnitudes lost in the middle of an eclipse.
    var primaryDepth: Double
    var secondaryDepth: Double
    /// Half width of an eclipse in phase.
    var width: Double
    /// Half amplitude of the ellipsoidal variation, magnitudes.
    var tide: Double
    /// Magnitude outside of eclipses in g, r, i.
    var brightest: [Double]

    func value(jd: Double, channel: Int) -> LightCurve.Value {
        let cycle = jd / period + phase
        let position = cycle - cycle.rounded(.down)
        let primary = min(position, 1 - position) / width
        let secondary = (position - 0.5) / width
        let faded =
            primaryDepth * exp(-primary * primary) + secondaryDepth * exp(-secondary * secondary)
            + tide * cos(4 * Double.pi * position)
        let total = Photometry.flux(magnitude: brightest[channel] + faded)
        // Mean of the dips over a cycle: what a reference of many epochs shows.
        let meanFade = Double.pi.squareRoot() * width * (primaryDepth + secondaryDepth)
        return LightCurve.Value(
            difference: total - Photometry.flux(magnitude: brightest[channel] + meanFade), total: total)
    }
}

/// An active nucleus: magnitudes follow a damped random walk (Kelly, Bechtold and Siemiginowska 2009, arXiv:0903.5315).
///
/// Between two times the walk is exact: x' = x e^(-dt / tau) + (sfInfinity / sqrt 2) sqrt(1 - e^(-2 dt / tau)) N(0, 1),
/// with the asymptotic structure function as MacLeod et al. 2010 (arXiv:1004.0276) define it.
struct DampedRandomWalk {
    /// Damping time, days.
    var tau: Double
    /// Structure function at long times, magnitudes.
    var sfInfinity: Double
    var mean: [Double]
    /// Amplitude in g, r, i relative to the walk: nuclei vary more in the blue.
    var scale: [Double]
    /// The walk's value when the reference image was taken.
    var reference: Double
    private var deviation: Double
    private var jd: Double?

    init(tau: Double, sfInfinity: Double, mean: [Double], scale: [Double], using generator: inout SeededGenerator) {
        self.tau = tau
        self.sfInfinity = sfInfinity
        self.mean = mean
        self.scale = scale
        let sigma = sfInfinity / 2.0.squareRoot()
        reference = sigma * generator.gaussian()
        deviation = sigma * generator.gaussian()
    }

    mutating func advance(to time: Double, using generator: inout SeededGenerator) {
        if let jd {
            let kept = exp(-max(0, time - jd) / tau)
            let spread = sfInfinity / 2.0.squareRoot() * (1 - kept * kept).squareRoot()
            deviation = deviation * kept + spread * generator.gaussian()
        }
        jd = time
    }

    func value(channel: Int) -> LightCurve.Value {
        let total = Photometry.flux(magnitude: mean[channel] + scale[channel] * deviation)
        let template = Photometry.flux(magnitude: mean[channel] + scale[channel] * reference)
        return LightCurve.Value(difference: total - template, total: total)
    }
}

/// A flare of an M dwarf: the decay law of Davenport et al. 2014 (arXiv:1411.3723), after an instantaneous rise.
struct Flare {
    var startJd: Double
    /// Time for which the flare is above half of its peak, days.
    var halfTime: Double
    /// Flux at the peak and the quiet star's flux in g, r, i.
    var peak: [Double]
    var quiet: [Double]

    func value(jd: Double, channel: Int) -> LightCurve.Value {
        let time = (jd - startJd) / halfTime
        let shape = time < 0 ? 0 : 0.6890 * exp(-1.600 * time) + 0.3030 * exp(-0.2783 * time)
        let flux = peak[channel] * shape
        return LightCurve.Value(difference: flux, total: flux + quiet[channel])
    }
}

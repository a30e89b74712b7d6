import Alerts
import Foundation

/// Draws the properties of the objects that come into view.
///
/// Ranges are round numbers that cover what ZTF sees of each kind between its saturation near magnitude 12.5 and its
/// depth.
struct ObjectFactory {
    let schedule: ObservingSchedule
    let mix: SimulatedMix

    /// Where an object comes into view.
    struct Entry {
        var night: Int
        /// Days after the night's beginning.
        var hour: Double
        var jd: Double
        /// False in the first nights, when objects of every age are seen for the first time.
        var isNew: Bool
    }

    /// Faintest magnitude at the peak that is drawn.
    private static let faintestPeak = 20.3
    private static let brightestPeak = 14.0
    /// Nights before the first light whose exposures become upper limits: one more than the history an alert carries.
    private static let lead = 31
    /// Magnitude below which a transient has faded for good.
    private static let faded = 21.3
    /// Longest season of a field, nights.
    private static let season = 200

    func make(serial: UInt64, entry: Entry) -> SimulatedObject {
        var generator = SeededGenerator(seed: schedule.seed, stream: serial &+ 1)
        let kind = mix.draw(using: &generator)
        var nights = entry.night - Self.lead...entry.night + 20 + generator.integer(below: Self.season - 20)
        var environment = Environment.star(magnitudes: [99, 99, 99], using: &generator)
        let curve: LightCurve
        if let shape = TransientShape(kind) {
            let transient = self.transient(kind, shape, entry, &generator)
            nights = transient.nights
            curve = transient.curve
            environment = .host(missing: generator.chance(shape.hostless), using: &generator)
        } else {
            let drawn = variable(kind, entry, &generator)
            curve = drawn.curve
            switch kind {
            case .asteroid:
                nights = entry.night - Self.lead...entry.night
                environment = .passing(using: &generator)
            case .mDwarf:
                environment = .star(magnitudes: drawn.magnitudes, using: &generator)
            case .agn:
                environment = .nucleus(magnitudes: drawn.magnitudes, using: &generator)
                nights = older(nights, &generator)
            default:
                environment = .star(magnitudes: drawn.magnitudes, using: &generator)
                nights = older(nights, &generator)
            }
        }
        let cadence = Cadence(
            firstNight: nights.lowerBound, entry: entry, lastNight: nights.upperBound, using: &generator)
        return SimulatedObject(
            serial: serial, kind: kind, curve: curve, environment: environment, cadence: cadence, generator: generator)
    }

    /// A variable star was found long before it comes into view here.
    private func older(_ nights: ClosedRange<Int>, _ generator: inout SeededGenerator) -> ClosedRange<Int> {
        nights.lowerBound - generator.integer(below: 250)...nights.upperBound
    }

    // MARK: - Transients

    private func transient(
        _ kind: SimulatedKind, _ shape: TransientShape, _ entry: Entry, _ generator: inout SeededGenerator
    ) -> (curve: LightCurve, nights: ClosedRange<Int>) {
        // Euclidean counts, N(<m) ~ 10^(0.6 m), cut at both ends.
        let magnitude = max(Self.brightestPeak, Self.faintestPeak + log10(1 - generator.uniform()) / 0.6)
        let rise = shape.rise * exp(shape.spread * generator.gaussian())
        let fall = max(2.5 * rise, shape.fall * exp(shape.spread * generator.gaussian()))
        let colour = shape.colour + 0.1 * generator.gaussian()
        let peak = [magnitude + colour, magnitude, magnitude - shape.redColour].map(Photometry.flux(magnitude:))
        let reserve = (Self.faded - magnitude) / Photometry.magnitudesPerFold
        let slow = 1 + shape.reddening
        let visible = kind == .snII ? fall + 25 : fall * slow * reserve
        let before = rise * reserve
        // Age at entry: any in the first nights; later only what has just risen, or it would have been seen before.
        let age = entry.isNew ? generator.uniform(0, min(4, before)) : generator.uniform(0, before + visible)
        let peakJd = entry.jd - age + before
        let first = entry.night - Int(age) - Self.lead
        let last = entry.night + Int(min(max(before + visible - age, 4), 400)) + 10
        guard kind == .snII else {
            let curve = RiseAndFall(
                peakJd: peakJd, rise: [rise, rise * 1.1, rise * 1.2], fall: [fall, fall * slow, fall * slow * 1.1],
                peak: peak)
            return (.riseAndFall(curve), first...last)
        }
        let decline = generator.uniform(0.002, 0.012)
        let curve = Plateau(
            peakJd: peakJd, rise: rise, length: fall, slope: [decline * 2.2, decline, decline * 0.8], peak: peak)
        return (.plateau(curve), first...last)
    }

    // MARK: - Stars, nuclei, asteroids

    private func variable(
        _ kind: SimulatedKind, _ entry: Entry, _ generator: inout SeededGenerator
    ) -> (curve: LightCurve, magnitudes: [Double]) {
        switch kind {
        case .rrLyrae:
            let mean = colours(red: generator.uniform(14.5, 19.3), 0.2, 0.05)
            let amplitude = generator.uniform(0.25, 0.50)
            let star = Pulsation(
                period: generator.uniform(0.42, 0.78), phase: generator.uniform(), skew: 1, mean: mean,
                amplitude: [amplitude, amplitude * 0.70, amplitude * 0.55])
            return (.pulsation(star), mean)
        case .mira:
            let mean = colours(red: generator.uniform(15.5, 18.5), 1.8, 1.2)
            let amplitude = generator.uniform(0.9, 2.0)
            let star = Pulsation(
                period: generator.uniform(150, 450), phase: generator.uniform(), skew: 0, mean: mean,
                amplitude: [amplitude * 1.2, amplitude, amplitude * 0.7])
            return (.pulsation(star), mean)
        case .agn:
            let mean = colours(red: generator.uniform(16.8, 19.5), 0.3, 0.1)
            let walk = DampedRandomWalk(
                tau: generator.uniform(80, 400), sfInfinity: generator.uniform(0.15, 0.50), mean: mean,
                scale: [1, 0.8, 0.7], using: &generator)
            return (.randomWalk(walk), mean)
        case .mDwarf:
            let quiet = colours(red: generator.uniform(18, 20.5), 1.5, 1.2)
            let peak = colours(red: generator.uniform(16.5, 19.8), -0.6, -0.4)
            let flare = Flare(
                startJd: entry.jd - generator.uniform(0, 0.004), halfTime: generator.uniform(0.004, 0.03),
                peak: peak.map(Photometry.flux(magnitude:)), quiet: quiet.map(Photometry.flux(magnitude:)))
            return (.flare(flare), quiet)
        case .asteroid:
            let magnitude = max(14, 20.2 + log10(1 - generator.uniform()) / 0.4)
            return (.passage(jd: entry.jd, flux: Photometry.flux(magnitude: magnitude)), [99, 99, 99])
        case .eclipsingBinary, .snIa, .snII, .snIbc, .slsnI, .tde:
            let brightest = colours(red: generator.uniform(14, 19), 0.5, 0.2)
            let primaryDepth = generator.uniform(0.25, 0.9)
            let star = Eclipses(
                period: exp(generator.uniform(log(0.25), log(4))), phase: generator.uniform(),
                primaryDepth: primaryDepth,
                secondaryDepth: primaryDepth * generator.uniform(0.2, 0.95), width: generator.uniform(0.03, 0.10),
                tide: generator.uniform(0, 0.08), brightest: brightest)
            return (.eclipses(star), brightest)
        }
    }

    /// Magnitudes in g, r, i from r and two colours.
    private func colours(red: Double, _ greenMinusRed: Double, _ redMinusInfrared: Double) -> [Double] {
        [red + greenMinusRed, red, red - redMinusInfrared]
    }
}

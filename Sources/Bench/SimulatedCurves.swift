public import LightCurves
import Alerts
import Foundation

/// Made-up light curves that look like transients, the same for a seed.
///
/// Rise and fall by exponentials (Bazin et al. 2009, the form in their eq. 1) in g and r, observed at random times over a
/// month, fluxes of zero point 27.5 with noise of 2 % and of the sky.
public enum SimulatedCurves {
    /// `count` curves of exactly `points` points each, at least one in each band if there are two or more.
    public static func make(count: Int, points: Int, seed: UInt64) -> [LightCurve] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in curve(points: points, &random) }
    }

    private static func curve(points: Int, _ random: inout SplitMix64) -> LightCurve {
        let window = Double.random(in: 25...35, using: &random)
        let peak = Double.random(in: -5...window, using: &random)
        let rise = Double.random(in: 1.5...6, using: &random)
        let fall = Double.random(in: 8...60, using: &random)
        // 20th to 17th magnitude.
        let brightness = pow(10, Double.random(in: 3...4.2, using: &random))
        let colour = Double.random(in: 0.6...1.4, using: &random)
        let sky = Double.random(in: 20...100, using: &random)
        let days = (0..<points).map { _ in Double.random(in: 0...window, using: &random) }.sorted()
        var curve = LightCurve()
        for (index, day) in days.enumerated() {
            let isGreen = index == 0 || index > 1 && Bool.random(using: &random)
            let shape = exp(-(day - peak) / fall) / (1 + exp(-(day - peak) / rise))
            let flux = brightness * (isGreen ? colour : 1) * shape
            let error = (sky * sky + 4e-4 * flux * flux).squareRoot()
            curve.append(
                mjd: day, passband: isGreen ? .ztfG : .ztfR, flux: flux + error * gaussian(&random), fluxErr: error)
        }
        return curve
    }

    /// A standard normal deviate (Box and Muller 1958).
    private static func gaussian(_ random: inout SplitMix64) -> Double {
        let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &random))).squareRoot()
        return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &random))
    }
}

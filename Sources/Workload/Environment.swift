import Foundation

/// Where an object lies and what the catalogues have beside it, constant through its life.
struct Environment {
    /// Degrees, J2000.
    var ra: Double
    var dec: Double
    /// Readout channel of the camera, 0 to 63.
    var rcid: Int
    /// Pixels to the nearest source in the reference image.
    var distnr: Double
    /// That source's magnitude in g, r, i.
    var magnr: [Double]
    var sgscore: Double
    /// Arc seconds to the nearest PanSTARRS source.
    var distpsnr: Double
    /// Arc seconds to a known asteroid; NaN when there is none.
    var ssdistnr = Double.nan

    /// ZTF's southern limit, declination in degrees (Bellm et al. 2019, PASP 131, 018002).
    static let southernLimit = -30.0

    private init(
        distnr: Double, magnr: [Double], sgscore: Double, distpsnr: Double, using generator: inout SeededGenerator
    ) {
        let lowest = sin(Self.southernLimit * Double.pi / 180)
        ra = 360 * generator.uniform()
        dec = asin(generator.uniform(lowest, 1)) * 180 / Double.pi
        rcid = generator.integer(below: 64)
        self.distnr = distnr
        self.magnr = magnr
        self.sgscore = sgscore
        self.distpsnr = distpsnr
    }

    /// A star sits on itself in both catalogues.
    static func star(magnitudes: [Double], using generator: inout SeededGenerator) -> Environment {
        Environment(
            distnr: abs(0.25 * generator.gaussian()), magnr: magnitudes,
            sgscore: 1 - 0.04 * generator.exponential().clipped(to: 0...10),
            distpsnr: abs(0.12 * generator.gaussian()), using: &generator)
    }

    static func nucleus(magnitudes: [Double], using generator: inout SeededGenerator) -> Environment {
        Environment(
            distnr: abs(0.25 * generator.gaussian()), magnr: magnitudes, sgscore: generator.uniform(0.02, 0.85),
            distpsnr: abs(0.12 * generator.gaussian()), using: &generator)
    }

    /// A host galaxy some arc seconds off, or only an unrelated source far away.
    static func host(missing: Bool, using generator: inout SeededGenerator) -> Environment {
        let distance = missing ? generator.uniform(6, 25) : 1.8 * generator.exponential().clipped(to: 0...6)
        let red = generator.uniform(missing ? 19 : 16.5, 21.5)
        let score = missing ? generator.uniform(0, 1) : min(0.35, 0.05 * generator.exponential())
        return Environment(
            distnr: distance / 1.01, magnr: [red + 0.7, red, red - 0.3], sgscore: score, distpsnr: distance,
            using: &generator)
    }

    /// A moving object: known, and beside nothing in particular.
    static func passing(using generator: inout SeededGenerator) -> Environment {
        let distance = generator.uniform(2, 25)
        let red = generator.uniform(17, 22)
        var environment = Environment(
            distnr: distance / 1.01, magnr: [red + 0.6, red, red - 0.3], sgscore: generator.uniform(),
            distpsnr: distance, using: &generator)
        environment.ssdistnr = min(12, 0.8 * generator.exponential())
        return environment
    }
}

extension Double {
    func clipped(to range: ClosedRange<Double>) -> Double {
        min(max(self, range.lowerBound), range.upperBound)
    }
}

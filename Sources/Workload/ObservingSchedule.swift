import Alerts
import Foundation

/// The nights of a simulated survey: which are clear, how bright the moon is and how deep an exposure goes.
///
/// Depths are ZTF's for 30 s exposures, median 5-sigma 20.8 in g, 20.6 in r and 19.9 in i (Bellm et al. 2019, PASP 131,
/// 018002), and its public survey returns to a field every two to three nights in g and r (same source). Everything
/// here depends on the seed and on the night's number alone, so that all objects live under one sky.
struct ObservingSchedule {
    let seed: UInt64
    /// Julian date at which night 0 begins, days.
    let startJd: Double
    let nights: Int

    /// Length of a night, days.
    static let nightLength = 0.38
    /// A new moon and the mean length of a lunation (Meeus, Astronomical Algorithms, chapter 49), days.
    static let newMoonJd = 2_451_550.097_66
    static let lunation = 29.530_588_861
    static let depth = [20.8, 20.6, 19.9]
    /// Magnitudes lost at full moon in g, r, i: the sky brightens most in the blue.
    static let moonLoss = [1.1, 0.7, 0.4]
    static let depthScatter = 0.25

    /// Single nights and spells of three are lost to weather: a third of all; the first and the last night are always
    /// clear.
    func isClear(_ night: Int) -> Bool {
        if night == 0 || night == nights - 1 { return true }
        let spell = (night >= 0 ? night : night - 2) / 3
        return SeededGenerator.uniform(seed: seed, key: night) > 0.20
            && SeededGenerator.uniform(seed: ~seed, key: spell) > 0.15
    }

    /// When a night begins, Julian date.
    func start(of night: Int) -> Double {
        startJd + Double(night)
    }

    /// 0 at new moon to 1 at full moon.
    func moonlight(jd: Double) -> Double {
        let age = (jd - Self.newMoonJd) / Self.lunation
        let lit = (1 - cos(2 * Double.pi * age)) / 2
        return lit * lit
    }

    /// The 5-sigma limiting magnitude of one exposure, AB.
    func limit(jd: Double, band: Band, using generator: inout SeededGenerator) -> Double {
        let channel = Photometry.index(of: band)
        let limit =
            Self.depth[channel] - Self.moonLoss[channel] * moonlight(jd: jd) + Self.depthScatter * generator.gaussian()
        return min(max(limit, 17.5), 21.6)
    }
}

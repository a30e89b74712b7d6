import Alerts
import Foundation

/// Magnitudes and fluxes inside the simulator: flux 1 is AB magnitude 25.
enum Photometry {
    static let zeroPoint = 25.0
    /// 2.5 / ln 10: a relative flux error times this is a magnitude error.
    static let magnitudesPerFold = 1.085_736_204_758_129_6
    /// A source counts as detected from this signal-to-noise ratio on, as in ZTF's alerts (Masci et al. 2019, PASP 131,
    /// 018003).
    static let detectionThreshold = 5.0
    /// Error left when photon noise is gone, relative: of the difference flux, and of the star below it.
    static let calibrationFloor = 0.012
    static let subtractionFloor = 0.010

    static func flux(magnitude: Double) -> Double {
        exp((zeroPoint - magnitude) / magnitudesPerFold)
    }

    static func magnitude(flux: Double) -> Double {
        zeroPoint - magnitudesPerFold * log(flux)
    }

    /// The place of ZTF's bands in arrays of three.
    static func index(of band: Band) -> Int {
        switch band {
        case .u, .g: 0
        case .r: 1
        case .i, .z, .y: 2
        }
    }
}

/// One exposure of an object's position, as its history keeps it.
struct SimulatedObservation {
    var jd: Double
    /// NaN when the exposure shows nothing.
    var magpsf: Float
    var sigmapsf: Float
    var diffmaglim: Float
    var band: Band
    var isdiffpos: Int8

    var isDetection: Bool { !magpsf.isNaN }
}

public import Alerts

/// How many detections an alert's history has, in all and usable by band.
public struct DetectionCounts: Equatable, Sendable {
    /// Rows with a magnitude or, if the convention takes fluxes, with a flux, in whatever band.
    public private(set) var total = 0
    // PERF: one value a band without an array, because it is made for each alert.
    private var usable = SIMD8<Int>.zero

    /// Counts the candidate and the previous detections among an alert's rows.
    public init(_ alert: Alert, in detections: Detections, convention: ObservationRules.Convention = .published) {
        let takesFlux = convention == .differenceFlux
        for row in alert.observations.clamped(to: 0..<detections.count) where detections.origin[row].isDetection {
            let hasFlux = takesFlux && !detections.flux[row].isNaN
            guard hasFlux || !detections.magpsf[row].isNaN else { continue }
            total += 1
            if !(hasFlux ? detections.fluxErr[row] : detections.sigmapsf[row]).isNaN {
                usable[Int(detections.band[row].rawValue)] += 1
            }
        }
    }

    /// Rows of a band that have an error too.
    public subscript(band: Band) -> Int { usable[Int(band.rawValue)] }
}

extension Detections.Origin {
    /// Whether a row is an alert's own measurement; upper limits and forced photometry are not.
    var isDetection: Bool { self == .candidate || self == .previous }
}

extension Detections {
    /// Whether a row is an alert's own measurement with a magnitude.
    func isDetection(_ row: Int) -> Bool { origin[row].isDetection && !magpsf[row].isNaN }
}

extension Alert {
    /// The deep network's real-bogus score, else the random forest's; NaN when there is neither.
    var realBogus: Float { drb.isNaN ? rb : drb }
}

public import Alerts

/// How many detections an alert's history has, in all and usable by band.
public struct DetectionCounts: Equatable, Sendable {
    /// Rows with a magnitude, in whatever band.
    public private(set) var total = 0
    // PERF: one value a band without an array, because it is made for each alert.
    private var usable = SIMD8<Int>.zero

    /// Counts the candidate and the previous detections among an alert's rows.
    public init(_ alert: Alert, in detections: Detections) {
        for row in alert.observations.clamped(to: 0..<detections.count) where detections.isDetection(row) {
            total += 1
            if !detections.sigmapsf[row].isNaN {
                usable[Int(detections.band[row].rawValue)] += 1
            }
        }
    }

    /// Rows of a band that have a magnitude and its error.
    public subscript(band: Band) -> Int { usable[Int(band.rawValue)] }
}

extension Detections {
    /// Whether a row is an alert's own measurement with a magnitude; upper limits and forced photometry are not.
    func isDetection(_ row: Int) -> Bool {
        (origin[row] == .candidate || origin[row] == .previous) && !magpsf[row].isNaN
    }
}

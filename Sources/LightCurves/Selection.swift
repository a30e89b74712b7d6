public import Alerts

/// The cuts that decide whether an alert is given to the network.
public struct Selection: Equatable, Sendable {
    /// Least number of detections, in whatever band.
    public var minimumDetections: Int
    /// Most detections in the required bands that a fit is attempted for.
    public var maximumDetections: Int
    /// Longest time since the object's first detection, days.
    public var maximumAgeDays: Double
    /// Bands of which at least one usable detection is needed; other bands are ignored.
    public var requiredBands: [Band]

    public init(minimumDetections: Int, maximumDetections: Int, maximumAgeDays: Double, requiredBands: [Band]) {
        self.minimumDetections = minimumDetections
        self.maximumDetections = maximumDetections
        self.maximumAgeDays = maximumAgeDays
        self.requiredBands = requiredBands
    }

    /// The first cut that an alert fails; nil when it passes all.
    public func reason(toSkip alert: Alert, _ counts: DetectionCounts) -> SkipReason? {
        guard counts.total >= minimumDetections else { return .tooFewDetections }
        // An unknown age is NaN and fails, as it does in the published code.
        guard alert.jd - alert.jdstarthist <= maximumAgeDays else { return .tooOld }
        guard !Self.isSolarSystemObject(alert, detections: counts.total) else { return .solarSystemObject }
        var used = 0
        for band in requiredBands {
            let count = counts[band]
            guard count > 0 else { return .missingBands }
            used += count
        }
        return used <= maximumDetections ? nil : .tooManyDetections
    }

    /// Fink's flag 3: a known solar-system object within 5 arc seconds, nearer than any star, seldom seen here.
    ///
    /// Source: the confirmed-object rule of fink-science's asteroid module. ZTF writes a distance that it does not have
    /// as a negative number, and a missing star counts as far away.
    static func isSolarSystemObject(_ alert: Alert, detections: Int) -> Bool {
        guard alert.ssdistnr >= 0, alert.ssdistnr < 5 else { return false }
        let starDistance = alert.distpsnr.isNaN ? .infinity : alert.distpsnr.magnitude
        return starDistance > alert.ssdistnr && alert.ndethist <= 5 && detections <= 5
    }
}

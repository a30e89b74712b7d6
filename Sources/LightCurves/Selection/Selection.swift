public import Alerts

/// The cuts that decide whether an alert is given to the network; one that is nil is not made.
public struct Selection: Codable, Equatable, Sendable {
    /// Least number of detections, in whatever band.
    public var minimumDetections: Int
    /// Most detections in the required bands.
    public var maximumDetections: Int?
    /// Longest time since the object's first detection, days.
    public var maximumAgeDays: Double?
    /// Bands of which at least one usable detection is needed.
    public var requiredBands: [Band]
    /// Whether known solar-system objects are left out.
    public var skipsSolarSystem: Bool
    /// Least real-bogus score, 0 to 1; an alert without a score passes.
    public var minimumRealBogus: Double?
    /// Star-galaxy score, 0 to 1, from which the nearest PanSTARRS source counts as a star; within 1.5 arc seconds of
    /// one an alert is left out.
    public var starScore: Double?
    /// Least reduced chi-squared of a constant, see `LightCurve.variation`; a curve that has none passes.
    public var minimumVariation: Double?

    public init(
        minimumDetections: Int, maximumDetections: Int? = nil, maximumAgeDays: Double? = nil, requiredBands: [Band] = [],
        skipsSolarSystem: Bool = true, minimumRealBogus: Double? = nil, starScore: Double? = nil, minimumVariation: Double? = nil
    ) {
        self.minimumDetections = minimumDetections
        self.maximumDetections = maximumDetections
        self.maximumAgeDays = maximumAgeDays
        self.requiredBands = requiredBands
        self.skipsSolarSystem = skipsSolarSystem
        self.minimumRealBogus = minimumRealBogus
        self.starScore = starScore
        self.minimumVariation = minimumVariation
    }

    /// The first cut that an alert fails; nil when it passes all but the one on its curve (`reason(toSkip:)`).
    public func reason(toSkip alert: Alert, _ counts: DetectionCounts) -> SkipReason? {
        guard counts.total >= minimumDetections else { return .tooFewDetections }
        // An unknown age is NaN and fails, as it does in the published code.
        if let maximumAgeDays, !(alert.jd - alert.jdstarthist <= maximumAgeDays) { return .tooOld }
        if skipsSolarSystem, Self.isSolarSystemObject(alert, detections: counts.total) { return .solarSystemObject }
        if let minimumRealBogus, Double(alert.realBogus) < minimumRealBogus { return .lowRealBogus }
        if let starScore, Double(alert.sgscore) >= starScore, (0..<Self.starRadius).contains(alert.distpsnr) {
            return .knownVariable
        }
        var used = 0
        for band in requiredBands {
            let count = counts[band]
            guard count > 0 else { return .missingBands }
            used += count
        }
        if let maximumDetections, used > maximumDetections { return .tooManyDetections }
        return nil
    }

    /// The cut on the curve: `flat`, or nil.
    public func reason(toSkip curve: LightCurve) -> SkipReason? {
        guard let minimumVariation, let variation = curve.variation else { return nil }
        return variation < minimumVariation ? .flat : nil
    }

    /// Within this an alert is at a star's position, arc seconds: what ZTF's astrometry allows for.
    static let starRadius: Float = 1.5

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

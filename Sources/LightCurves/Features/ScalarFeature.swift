/// What a network can be told about an object as a whole; docs/preprocessing.md has the formulas.
public enum ScalarFeature: String, FeatureName, CaseIterable {
    // Of the light curve.

    /// Common logarithm of the brightest observation's absolute flux.
    case logMaximumFlux
    /// Common logarithm of the number of observations.
    case logPoints
    /// Time from the first to the newest observation, days, signed logarithm, as the next two.
    case logSpan
    /// Time from the first to the brightest observation.
    case logRiseTime
    /// Time from the brightest to the newest observation.
    case logFadeTime
    /// Share of observations with a flux below 0.
    case fractionNegative
    /// Share of observations that are detections.
    case fractionDetections
    /// Share of observations brighter than half of the brightest.
    case fractionAboveHalf
    /// asinh of the largest |flux| / error.
    case asinhMaximumSignalToNoise
    /// Common logarithm of the reduced chi-squared of a constant, in the band where it is largest.
    case logVariation
    /// Mean flux over the brightest observation's.
    case meanRelativeFlux
    /// Standard deviation of the flux over the brightest observation's flux.
    case deviationRelativeFlux
    /// Newest flux over the brightest observation's.
    case newestRelativeFlux
    /// Slope in the brightest observation's band up to it, in hundredths of its flux a day, signed logarithm.
    case riseRate
    /// The same from the brightest observation on.
    case fadeRate
    /// The same in the newest observation's band over its last 10 days.
    case recentRate
    /// Colours near the brightest observation, magnitudes.
    case colourUG, colourGR, colourRI, colourIZ, colourZY
    /// Colours near the newest observation, magnitudes.
    case newestColourGR, newestColourRI

    // Of the alert; a light curve by itself has none of them.

    /// Star-galaxy score of the nearest PanSTARRS source, 0 to 1.
    case starScore
    /// Common logarithm of the distance to it, arc seconds.
    case logStarDistance
    /// Magnitude of the nearest source in the reference image, AB.
    case referenceMagnitude
    /// Distance to it, pixels, signed logarithm.
    case logReferenceDistance
    /// Real-bogus score, 0 to 1.
    case realBogus
    /// Detections of the object since the survey began, signed logarithm.
    case logDetections
    /// Time since the start of the object's history, days, signed logarithm.
    case logAge
    /// |sin b| of the galactic latitude.
    case sineOfGalacticLatitude

    /// The features that a light curve has by itself.
    public static let ofTheCurve = allCases.filter { !ofTheAlert.contains($0) }
    /// Those that come from other fields of an alert.
    public static let ofTheAlert: [ScalarFeature] = [
        .starScore, .logStarDistance, .referenceMagnitude, .logReferenceDistance, .realBogus, .logDetections, .logAge,
        .sineOfGalacticLatitude,
    ]

    public var range: ClosedRange<Double> {
        switch self {
        case .logMaximumFlux: -1...8
        case .logPoints: 0...4
        case .logSpan, .logRiseTime, .logFadeTime, .riseRate, .fadeRate, .recentRate: -4...4
        case .fractionNegative, .fractionDetections, .fractionAboveHalf: 0...1
        case .asinhMaximumSignalToNoise: 0...10
        case .logVariation: -2...6
        case .meanRelativeFlux, .deviationRelativeFlux, .newestRelativeFlux: -3...3
        case .colourUG, .colourGR, .colourRI, .colourIZ, .colourZY, .newestColourGR, .newestColourRI: -5...5
        case .starScore, .realBogus, .sineOfGalacticLatitude: 0...1
        case .logStarDistance: -2...2
        case .referenceMagnitude: 10...25
        case .logReferenceDistance: 0...2
        case .logDetections: 0...5
        case .logAge: 0...5
        }
    }
}

/// Why an alert was not given to the network.
///
/// Raw values are stored in the database, so they never change and are never used again for something else.
public enum SkipReason: UInt8, Error, CaseIterable, Sendable {
    /// Fewer detections or observations than the preset asks for.
    case tooFewDetections = 1
    /// First seen longer ago than is allowed, or at an unknown time.
    case tooOld = 2
    /// Too few observations in one of the bands that are needed.
    case missingBands = 3
    /// A known solar-system object is at the alert's position.
    case solarSystemObject = 4
    /// All observations are of one instant, so there is no curve.
    case noTimeSpan = 5
    /// A time, flux or error, or what was computed from them, is not a finite number.
    case nonFinite = 6
    /// The covariance of the detections has no Cholesky factor, as when errors of zero meet equal times.
    case notPositiveDefinite = 7
    /// More detections than a fit, whose cost grows with their cube, is attempted for.
    case tooManyDetections = 8
    /// The alert's real-bogus score is below the limit.
    case lowRealBogus = 9
    /// A source that the survey's own fields call a star is at the alert's position.
    case knownVariable = 10
    /// No band varies beyond its errors by as much as is asked for.
    case flat = 11
    /// The alert was stored before; set by the store, never by a preset.
    case duplicate = 200

    /// The name that reports and queries show.
    public var name: String {
        switch self {
        case .tooFewDetections: "too_few_detections"
        case .tooOld: "too_old"
        case .missingBands: "missing_bands"
        case .solarSystemObject: "solar_system_object"
        case .noTimeSpan: "no_time_span"
        case .nonFinite: "non_finite"
        case .notPositiveDefinite: "not_positive_definite"
        case .tooManyDetections: "too_many_detections"
        case .lowRealBogus: "low_real_bogus"
        case .knownVariable: "known_variable"
        case .flat: "flat"
        case .duplicate: "duplicate"
        }
    }
}

/// Which rows of an alert are observations, and what time and flux they have.
public struct ObservationRules: Codable, Equatable, Sendable {
    public enum Convention: String, Codable, Sendable {
        /// As the published code: detections with a magnitude, in the packet's order, of either sign, constants rounded.
        case published
        /// Difference flux from flux or magnitude, sorted by time, one measurement an exposure and band.
        case differenceFlux = "difference-flux"
    }

    public enum Rows: String, Codable, Sendable {
        /// The alert's own candidate and the previous detections.
        case detections
        case forced
        /// Visits without a detection: flux 0 with the one-sigma error that the limit implies.
        case upperLimits
    }

    public enum Direction: String, Codable, Sendable {
        case forward, backward
    }

    public var convention: Convention
    public var rows: [Rows]
    /// AB magnitude of unit flux.
    public var zeroPoint: Double
    /// Whether a fading below the reference is a negative flux; else every flux is its absolute value.
    public var keepsSign: Bool
    public var direction: Direction
    /// Observations longer than this before the newest are left out, days; nil keeps all.
    public var windowDays: Double?
    /// Least number of observations in the window, upper limits not counted.
    public var minimumPoints: Int
    /// Least number of them in each of the preset's passbands; 0 lets a band be empty.
    public var minimumPointsPerBand: Int
    /// Of more observations than this the newest are kept; nil keeps all.
    public var maximumPoints: Int?

    public init(
        convention: Convention = .differenceFlux, rows: [Rows] = [.detections], zeroPoint: Double = 27.5, keepsSign: Bool = true,
        direction: Direction = .forward, windowDays: Double?, minimumPoints: Int, minimumPointsPerBand: Int = 0,
        maximumPoints: Int?
    ) {
        self.convention = convention
        self.rows = rows
        self.zeroPoint = zeroPoint
        self.keepsSign = keepsSign
        self.direction = direction
        self.windowDays = windowDays
        self.minimumPoints = minimumPoints
        self.minimumPointsPerBand = minimumPointsPerBand
        self.maximumPoints = maximumPoints
    }

    /// The published convention, which leaves no other choice.
    public static let published = ObservationRules(
        convention: .published, keepsSign: false, direction: .backward, windowDays: nil, minimumPoints: 0, maximumPoints: nil)
}

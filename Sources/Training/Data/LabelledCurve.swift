public import Alerts

/// The whole light curve of an object of known class.
public struct LabelledCurve: Sendable {
    public struct Observation: Sendable, Equatable {
        public var mjd: Double
        public var band: Band
        /// Difference flux and its one-sigma error, AB zero point 27.5.
        public var flux: Float
        public var fluxErr: Float

        public init(mjd: Double, band: Band, flux: Float, fluxErr: Float) {
            self.mjd = mjd
            self.band = band
            self.flux = flux
            self.fluxErr = fluxErr
        }
    }

    public var objectId: String
    /// One physical object, which may go by several ids.
    public var group: String
    public var source: String
    /// Index of its class.
    public var label: Int
    /// Detections, ascending in time.
    public var detections: [Observation]

    public init(objectId: String, group: String, source: String, label: Int, detections: [Observation]) {
        self.objectId = objectId
        self.group = group
        self.source = source
        self.label = label
        self.detections = detections.sorted { $0.mjd < $1.mjd }
    }
}

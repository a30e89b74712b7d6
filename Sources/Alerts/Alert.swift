/// One alert's own values; its light curve is a range of rows in the batch's `Detections`.
///
/// A plain value without references, so a batch of them is one array. Names are ZTF's; values a survey does not have are NaN.
public struct Alert: Sendable {
    public var survey: Survey
    /// The alert's id: ZTF `candid`, LSST `diaSourceId`.
    public var candid: Int64
    public var objectId: ObjectId
    /// Julian date of the observation that caused the alert, days.
    public var jd: Double
    /// Right ascension, degrees, J2000.
    public var ra: Double
    /// Declination, degrees, J2000.
    public var dec: Double
    public var band: Band
    /// Magnitude of the difference flux, AB.
    public var magpsf: Float
    public var sigmapsf: Float
    /// +1 where the science image is brighter than the reference, -1 where fainter, 0 unknown.
    public var isdiffpos: Int8
    /// Earliest jd of the object's history as the survey counts it, days.
    public var jdstarthist: Double
    /// Detections of the object since the survey began; -1 when the packet does not say.
    public var ndethist: Int32
    /// Real-bogus score of the random forest, 0 to 1.
    public var rb: Float
    /// Real-bogus score of the deep network, 0 to 1.
    public var drb: Float
    /// Distance to the nearest known solar-system object, arc seconds; NaN when there is none, 0 for an LSST source that
    /// the survey has linked to such an object and to no other.
    public var ssdistnr: Float
    /// Distance to the nearest source in the reference image, pixels.
    public var distnr: Float
    /// Magnitude of the nearest source in the reference image, AB.
    public var magnr: Float
    /// Star-galaxy score of the nearest PanSTARRS source, 0 (galaxy) to 1 (star).
    public var sgscore: Float
    /// Distance to the nearest PanSTARRS source, arc seconds.
    public var distpsnr: Float
    /// The alert's rows in the batch's `Detections`, its own candidate last.
    public var observations: Range<Int>

    public init(survey: Survey, candid: Int64, objectId: ObjectId, jd: Double, band: Band) {
        self.survey = survey
        self.candid = candid
        self.objectId = objectId
        self.jd = jd
        self.band = band
        ra = .nan
        dec = .nan
        magpsf = .nan
        sigmapsf = .nan
        isdiffpos = 0
        jdstarthist = .nan
        ndethist = -1
        rb = .nan
        drb = .nan
        ssdistnr = .nan
        distnr = .nan
        magnr = .nan
        sgscore = .nan
        distpsnr = .nan
        observations = 0..<0
    }
}

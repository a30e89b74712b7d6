import Alerts
import Foundation

/// One object in view: its light curve, where its cadence stands, and the exposures that its next alert may show.
struct SimulatedObject {
    let serial: UInt64
    let kind: SimulatedKind
    private let environment: Environment
    private(set) var curve: LightCurve
    private(set) var cadence: Cadence
    private var generator: SeededGenerator
    /// Exposures of the last `historyLength` days, ascending in jd.
    private var history: [SimulatedObservation] = []
    private var ndethist: Int32 = 0
    private var jdstarthist = Double.nan
    private var objectId = ObjectId()

    /// Days of history that a ZTF alert carries.
    static let historyLength = 30.0

    init(
        serial: UInt64, kind: SimulatedKind, curve: LightCurve, environment: Environment, cadence: Cadence,
        generator: SeededGenerator
    ) {
        self.serial = serial
        self.kind = kind
        self.curve = curve
        self.environment = environment
        self.cadence = cadence
        self.generator = generator
    }

    var rcid: Int { environment.rcid }

    /// Observes the nights before it comes into view; none of it makes an alert.
    mutating func recordPast(in schedule: ObservingSchedule, before night: Int) {
        while let visit = nextVisit(through: night - 1, in: schedule) {
            let observation = observe(visit, in: schedule)
            record(observation)
        }
    }

    mutating func enter() -> Cadence.Visit {
        cadence.enter()
    }

    mutating func nextVisit(through night: Int, in schedule: ObservingSchedule) -> Cadence.Visit? {
        cadence.next(through: night, in: schedule, using: &generator)
    }

    /// The light curve through one exposure's noise.
    mutating func observe(_ visit: Cadence.Visit, in schedule: ObservingSchedule) -> SimulatedObservation {
        let truth = curve.value(jd: visit.jd, band: visit.band, using: &generator)
        let limit = schedule.limit(jd: visit.jd, band: visit.band, using: &generator)
        let skyNoise = Photometry.flux(magnitude: limit) / Photometry.detectionThreshold
        let calibration = Photometry.calibrationFloor * truth.difference
        let subtraction = Photometry.subtractionFloor * truth.total
        let sigma = (skyNoise * skyNoise + calibration * calibration + subtraction * subtraction).squareRoot()
        let flux = truth.difference + sigma * generator.gaussian()
        var observation = SimulatedObservation(
            jd: visit.jd, magpsf: .nan, sigmapsf: .nan, diffmaglim: Float(limit), band: visit.band, isdiffpos: 0)
        guard abs(flux) >= Photometry.detectionThreshold * sigma else { return observation }
        observation.magpsf = Float(Photometry.magnitude(flux: abs(flux)))
        observation.sigmapsf = Float(Photometry.magnitudesPerFold * sigma / abs(flux))
        observation.isdiffpos = flux > 0 ? 1 : -1
        return observation
    }

    /// Takes an exposure into the history.
    mutating func record(_ observation: SimulatedObservation) {
        let oldest = observation.jd - Self.historyLength
        if let first = history.first, first.jd < oldest {
            history.removeFirst(history.firstIndex { $0.jd >= oldest } ?? history.count)
        }
        history.append(observation)
        guard observation.isDetection else { return }
        if ndethist == 0 {
            jdstarthist = observation.jd
            objectId = SurveyNames.objectId(serial: serial, jd: observation.jd)
        }
        ndethist += 1
    }

    /// Appends an alert for the newest exposure, which must be a recorded detection.
    mutating func appendAlert(candid: Int64, to batch: inout AlertBatch) {
        guard let candidate = history.last else { return }
        let start = batch.detections.count
        for observation in history.dropLast() {
            batch.detections.append(row(observation, observation.isDetection ? .previous : .upperLimit))
        }
        batch.detections.append(row(candidate, .candidate))
        var alert = Alert(survey: .ztf, candid: candid, objectId: objectId, jd: candidate.jd, band: candidate.band)
        // The centroid scatters by a tenth of an arc second.
        let scatter = 0.1 / 3600
        alert.dec = (environment.dec + scatter * generator.gaussian()).clipped(to: -90...90)
        alert.ra = (environment.ra + scatter * generator.gaussian()).clipped(to: 0...359.999_999_999)
        alert.magpsf = candidate.magpsf
        alert.sigmapsf = candidate.sigmapsf
        alert.isdiffpos = candidate.isdiffpos
        alert.jdstarthist = jdstarthist
        alert.ndethist = ndethist
        appendScores(to: &alert)
        alert.observations = start..<batch.detections.count
        batch.alerts.append(alert)
    }

    /// Real sources score high; a few are doubted, as the networks of Duev et al. 2019 (arXiv:1907.11259) doubt some.
    private mutating func appendScores(to alert: inout Alert) {
        let doubted = generator.chance(0.03)
        let rb = doubted ? generator.uniform(0.2, 0.6) : 1 - abs(0.18 * generator.gaussian())
        alert.rb = Float(rb.clipped(to: 0.2...1))
        alert.drb = Float(doubted ? generator.uniform(0.1, 0.8) : 1 - pow(10, -generator.uniform(1.2, 6.5)))
        alert.ssdistnr = Float(environment.ssdistnr)
        alert.distnr = Float(abs(environment.distnr + 0.05 * generator.gaussian()))
        alert.magnr = Float(environment.magnr[Photometry.index(of: alert.band)])
        alert.sgscore = Float(environment.sgscore)
        alert.distpsnr = Float(abs(environment.distpsnr + 0.05 * generator.gaussian()))
    }

    private func row(_ observation: SimulatedObservation, _ origin: Detections.Origin) -> Detections.Row {
        Detections.Row(
            jd: observation.jd, band: observation.band, origin: origin, magpsf: observation.magpsf,
            sigmapsf: observation.sigmapsf, diffmaglim: observation.diffmaglim, isdiffpos: observation.isdiffpos)
    }
}

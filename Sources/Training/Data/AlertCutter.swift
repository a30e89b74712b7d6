public import Alerts
import Glibc

/// Makes of a whole light curve what a live alert would have held at one of its detections.
///
/// An alert holds the detections of the `historyDays` before it, in the survey's bands, whatever the source had: long baselines and
/// upper limits would give the source away, and with it the class.
public struct AlertCutter: Sendable {
    public var historyDays = 100.0
    public var bands: Set<Band> = [.g, .r, .i]
    /// Least flux over error of a detection.
    public var minimumSignalToNoise: Float = 3

    public init() {}

    /// From flux with zero point 27.5 to nJy, zero point 31.4.
    private static let nanojansky = Float(pow(10, (31.4 - 27.5) / 2.5))

    /// The detections that may end an alert.
    public func usable(_ curve: LabelledCurve) -> [LabelledCurve.Observation] {
        curve.detections.filter {
            bands.contains($0.band) && $0.fluxErr > 0 && $0.flux.magnitude >= minimumSignalToNoise * $0.fluxErr
        }
    }

    /// Appends the alert at detection `end` of `usable`, changed as `augmentation` draws.
    public func append(
        _ usable: [LabelledCurve.Observation], end: Int, candid: Int64, _ augmentation: Augmentation,
        using random: inout SplitMix64, to batch: inout AlertBatch
    ) {
        let last = usable[end]
        let start = batch.detections.count
        let scale = Float(exp(augmentation.scale * random.gaussian()))
        let stretch = exp(augmentation.stretch * random.gaussian())
        let noise = augmentation.noise > 0 ? Float.random(in: 0...augmentation.noise, using: &random) : 0
        for index in 0...end where last.mjd - usable[index].mjd <= historyDays {
            let isLast = index == end
            if !isLast, augmentation.dropped > 0, Double.random(in: 0..<1, using: &random) < augmentation.dropped { continue }
            let observation = usable[index]
            var flux = observation.flux
            var error = observation.fluxErr
            if noise > 0 {
                flux += noise * error * Float(random.gaussian())
                error *= (1 + noise * noise).squareRoot()
            }
            flux *= scale * Self.nanojansky
            error *= scale * Self.nanojansky
            batch.detections.append(
                Detections.Row(
                    jd: last.mjd + (observation.mjd - last.mjd) * stretch + 2_400_000.5, band: observation.band,
                    origin: isLast ? .candidate : .previous, isdiffpos: flux < 0 ? -1 : 1, flux: flux, fluxErr: error))
        }
        var alert = Alert(
            survey: .ztf, candid: candid, objectId: ObjectId(candid), jd: last.mjd + 2_400_000.5, band: last.band)
        alert.isdiffpos = last.flux < 0 ? -1 : 1
        alert.jdstarthist = usable[0].mjd + 2_400_000.5
        alert.observations = start..<batch.detections.count
        batch.alerts.append(alert)
    }
}

extension SplitMix64 {
    /// A number of the standard normal distribution (Box and Muller 1958).
    mutating func gaussian() -> Double {
        let u = Double.random(in: Double.leastNonzeroMagnitude..<1, using: &self)
        let v = Double.random(in: 0..<1, using: &self)
        return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }
}

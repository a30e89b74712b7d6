import Alerts
import LightCurves

/// Alerts of the given detections (day, band, magnitude), each with an error of 0.1 mag.
func madeUpBatch(_ histories: [[(Double, Band, Float)]]) -> AlertBatch {
    var batch = AlertBatch()
    for (index, history) in histories.enumerated() {
        let start = batch.detections.count
        for (position, (day, band, magpsf)) in history.enumerated() {
            batch.detections.append(
                .init(
                    jd: 2_459_000.5 + day, band: band, origin: position == history.count - 1 ? .candidate : .previous,
                    magpsf: magpsf, sigmapsf: 0.1, isdiffpos: 1))
        }
        let last = history.last ?? (0, .g, 0)
        var alert = Alert(
            survey: .ztf, candid: Int64(index), objectId: ObjectId(Int64(index)), jd: 2_459_000.5 + last.0,
            band: last.1)
        alert.jdstarthist = 2_459_000.5
        alert.ndethist = 2
        alert.observations = start..<batch.detections.count
        batch.alerts.append(alert)
    }
    return batch
}

/// A curve of `count` points over 30 days in two bands with plausible fluxes.
func randomCurve(count: Int, using generator: inout SplitMix64) -> LightCurve {
    var curve = LightCurve()
    for _ in 0..<count {
        let flux = Double.random(in: 500...5000, using: &generator)
        curve.append(
            mjd: -Double.random(in: 0...30, using: &generator),
            passband: Bool.random(using: &generator) ? .ztfG : .ztfR,
            flux: flux, fluxErr: flux * Double.random(in: 0.01...0.1, using: &generator))
    }
    return curve
}

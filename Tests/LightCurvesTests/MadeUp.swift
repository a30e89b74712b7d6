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

/// An alert of rows as they stand; its own time is that of the last, day 0 is JD 2459000.5.
func batch(ofRows rows: [Detections.Row]) -> AlertBatch {
    var batch = AlertBatch()
    for row in rows { batch.detections.append(row) }
    let last = rows.last
    var alert = Alert(survey: .ztf, candid: 1, objectId: ObjectId(1), jd: last?.jd ?? 2_459_000.5, band: last?.band ?? .g)
    alert.observations = 0..<rows.count
    batch.alerts.append(alert)
    return batch
}

/// A detection by its magnitude, `sign` that of the difference flux.
func magnitudeRow(_ day: Double, _ band: Band, _ magpsf: Float, _ sigmapsf: Float = 0.1, sign: Int8 = 1) -> Detections.Row {
    .init(
        jd: 2_459_000.5 + day, band: band, origin: .previous, magpsf: magpsf, sigmapsf: sigmapsf, isdiffpos: sign)
}

/// A row by its difference flux, zero point 27.5, as labelled light curves have it.
func fluxRow(
    _ day: Double, _ band: Band, _ flux: Double, _ fluxErr: Double, origin: Detections.Origin = .previous
) -> Detections.Row {
    // 1 nJy has AB 31.4.
    let nanojansky = 36.30780547701014
    return .init(
        jd: 2_459_000.5 + day, band: band, origin: origin, isdiffpos: flux < 0 ? -1 : 1,
        flux: Float(flux * nanojansky), fluxErr: Float(fluxErr * nanojansky))
}

/// A supernova's rise and fall in each of the bands, every 3 days, with a little noise.
func transientRows(
    bands: [Band], days: Double = 60, scale: Double = 1, seed: UInt64 = 1
) -> [Detections.Row] {
    var generator = SplitMix64(seed: seed)
    var rows: [Detections.Row] = []
    for (step, day) in stride(from: 0.0, to: days, by: days / 20).enumerated() {
        let band = bands[step % bands.count]
        let phase = (day / days - 0.35) * 6
        let flux = 2000 * (1 + 0.2 * Double(band.rawValue)) / (1 + phase * phase) + Double.random(in: -20...20, using: &generator)
        rows.append(fluxRow(day, band, scale * flux, scale * 25))
    }
    return rows
}

/// What a preset makes of a batch.
func extract(
    _ batch: AlertBatch, _ preset: Preset, selection: Selection? = nil
) -> (features: FeatureBatch, skips: [SkipReason?]) {
    var features = FeatureBatch(preset: preset)
    var skips: [SkipReason?] = []
    FeatureExtractor(preset: preset, selection: selection).extract(batch, into: &features, skips: &skips)
    return (features, skips)
}

extension Preset {
    /// The same under another name, changed.
    func changed(_ change: (inout Preset) -> Void) -> Preset {
        var preset = self
        preset.name = "changed"
        change(&preset)
        return preset
    }
}

/// The largest difference of two arrays; infinite when their lengths differ.
func largestDifference(_ left: [Float], _ right: [Float]) -> Float {
    left.count == right.count ? zip(left, right).map { abs($0 - $1) }.max() ?? 0 : .infinity
}

import Alerts
import LightCurves
import TestSupport
import Testing

/// That what a network is trained on is what it is served with, and that a difference would be noticed.
@Suite struct TrainingServingTests {
    /// The rows of an alert as a labelled light curve has them: fluxes of zero point 27.5, in any order.
    private func asLabelled(_ rows: [Detections.Row], using generator: inout SplitMix64) -> [Detections.Row] {
        rows.compactMap { row -> Detections.Row? in
            guard row.origin == .candidate || row.origin == .previous, !row.magpsf.isNaN else { return nil }
            let flux = Double(FluxConversion.flux(magpsf: row.magpsf))
            let error = FluxConversion.fluxErr(magpsf: row.magpsf, sigmapsf: row.sigmapsf)
            let sign: Double = row.isdiffpos < 0 ? -1 : 1
            return fluxRow(row.jd - 2_459_000.5, row.band, sign * flux, error)
        }.shuffled(using: &generator)
    }

    @Test(
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)),
        arguments: [Preset.observations1, Preset.grid1.changed { $0.observations.rows = [.detections] }])
    func aLabelledLightCurveGivesTheFeaturesOfTheAlertThatHoldsIt(preset: Preset) throws {
        var generator = SplitMix64(seed: 3)
        var compared = 0
        var worst: Float = 0
        for alert in RealAlerts.each(try RealAlerts.ztf.get(), step: 3) {
            let rows = alert.alerts[0].observations.map { alert.detections[$0] }
            let labelled = batch(ofRows: asLabelled(rows, using: &generator))
            let selection = Selection(minimumDetections: 1, skipsSolarSystem: false)
            let (served, trained) = (extract(alert, preset, selection: selection), extract(labelled, preset, selection: selection))
            #expect(served.skips == trained.skips)
            guard served.skips == [nil] else { continue }
            compared += 1
            worst = max(worst, largestDifference(served.features.inputs, trained.features.inputs))
            worst = max(worst, largestDifference(served.features.scalars, trained.features.scalars))
        }
        print("\(preset.name): \(compared) alerts, largest difference \(worst)")
        #expect(compared > 50)
        // Fluxes of 32 bits are known to 6e-8; a likelihood may be flat in a grid.
        #expect(worst < (preset.inputLength == nil ? 1e-4 : 1e-2))
    }

    /// Fading in g from above to below the reference, rising in r.
    private static let curve = stride(from: 0.0, to: 40, by: 4).flatMap { (day: Double) -> [Detections.Row] in
        [fluxRow(day, .g, 600 - 22 * day, 20), fluxRow(day + 1, .r, 300 + 25 * day, 20)]
    }

    /// A preset, changed in one respect, that no network trained with the first may be served with.
    static let differences: [(String, @Sendable (inout Preset) -> Void)] = [
        ("time reversed", { $0.observations.direction = .backward }),
        ("bands swapped", { $0.passbands.swapAt(0, $0.passbands.count == 2 ? 1 : 2) }),
        ("band renamed", { $0.passbands = $0.passbands.map { Passband(band: $0.band == .g ? .z : $0.band, wavelength: $0.wavelength) } }),
        ("sign dropped", { $0.observations.keepsSign = false }),
        ("another zero point", { $0.observations.zeroPoint = 25 }),
        ("a shorter window", { $0.observations.windowDays = 15 }),
        (
            "another scale",
            { preset in
                switch preset.input {
                case .grid(let length, _): preset.input = .grid(length: length, scaling: .perObject(logScale: .init(center: 2)))
                case .tokens(var features, let bands):
                    features[4].scale *= 1.1
                    preset.input = .tokens(features: features, bands: bands)
                }
            }
        ),
    ]

    @Test(arguments: [Preset.observations1, .grid1], differences.indices)
    func aDifferenceBetweenTrainingAndServingChangesTheFeatures(preset: Preset, index: Int) throws {
        let (name, change) = Self.differences[index]
        if name == "band renamed", preset == .observations1 { return }  // it has z already
        let other = preset.changed(change)
        try other.validate()
        let batch = batch(ofRows: Self.curve)
        let (before, after) = (extract(batch, preset).features, extract(batch, other).features)
        #expect(before.count == 1 && after.count == 1)
        #expect(largestDifference(before.inputs, after.inputs) > 1e-2, "\(name)")
        // And the changed one cannot pass for the first.
        var disguised = other
        disguised.name = preset.name
        #expect(throws: LightCurveError.self) { try disguised.validate() }
    }

    @Test(arguments: Preset.all)
    func aDefinitionReadFromItsTextGivesTheSameFeatures(preset: Preset) throws {
        let renamed = preset == .finkT2 ? preset : preset.changed { _ in }
        let read = try Preset(declaration: try renamed.json())
        let history = (0..<20).map { (day: Int) -> (Double, Band, Float) in
            (Double(day), day % 2 == 0 ? .g : .r, 18 + Float(day % 7) * 0.1)
        }
        let batch = madeUpBatch([history])
        let (before, after) = (extract(batch, preset), extract(batch, read))
        #expect(before.skips == [nil] && after.skips == [nil])
        #expect(before.features.inputs == after.features.inputs && before.features.scalars == after.features.scalars)
    }
}

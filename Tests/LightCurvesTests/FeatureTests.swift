import Alerts
import LightCurves
import Testing

/// Values worked out by hand from the formulas of docs/preprocessing.md.
@Suite struct FeatureTests {
    /// Fluxes 100 in g, 1000 in r and -100 in g on days 0, 9 and 10, each with an error of 0.1 mag.
    static let rows = [
        magnitudeRow(0, .g, 22.5), magnitudeRow(9, .r, 20), magnitudeRow(10, .g, 22.5, sign: -1),
    ]

    @Test func theTokensOfASmallCurveAreThoseOfTheFormulas() throws {
        let expected: [Float] = [
            -0.3333333, -1.0413927, -0.3, -1.0, -0.667259, 0.1, -1.0, -1.0357243, 0.0400523, 0, 1, 0, 0, 0, 0,
            -0.0333333, -0.30103, 0.0, 0.0, 0.0994475, 1.0, 0.0, -0.0357243, 0.0400523, 0, 0, 1, 0, 0, 0,
            0.0, 0.0, 0.0333333, 0.30103, -2.6660743, -0.1, -1.0, -1.0357243, -3.0400523, 0, 1, 0, 0, 0, 0,
        ]
        let (features, skips) = extract(batch(ofRows: Self.rows), .observations1)
        #expect(skips == [nil])
        #expect(features.rowStarts == [0, 3])
        #expect(largestDifference(features.inputs, expected) < 2e-6)
    }

    @Test func theScalarsOfASmallCurveAreThoseOfTheFormulas() throws {
        let expected: [Float] = [
            0.0, -1.0457575, 0.0827854, 0.0, -1.39794, 0.3333333, 0.3333333, -0.4599477, 1.3724786, 0.3333333, 0.4784233,
            -0.1,
            // Neither a rise nor a fall in r alone; g falls by 2 hundredths of 1000 a day; no two fluxes of one sign.
            0, 0, -0.4771213, 0, 0, 0,
        ]
        let (features, _) = extract(batch(ofRows: Self.rows), .observations1)
        #expect(largestDifference(features.scalars, expected) < 2e-6)
    }

    private func scalar(
        _ name: ScalarFeature, _ rows: [Detections.Row], _ change: (inout Alert) -> Void = { _ in }
    ) -> Float {
        let preset = Preset.observations1.changed {
            $0.observations.rows = [.detections, .forced]
            $0.observations.minimumPoints = 1
            $0.scalars = [Feature(name, missing: -9)]
            $0.selection = Selection(minimumDetections: 0, skipsSolarSystem: false)
        }
        var batch = batch(ofRows: rows)
        change(&batch.alerts[0])
        let scalars = extract(batch, preset).features.scalars
        return scalars.count == 1 ? scalars[0] : .nan
    }

    private func expectClose(_ value: Float, _ expected: Float, _ place: SourceLocation = #_sourceLocation) {
        #expect(abs(value - expected) < 1e-5, "\(value), not \(expected)", sourceLocation: place)
    }

    @Test func ratesAndColoursOfALongerCurve() {
        // g rises by 100 a day to 1000 on day 9, falls by 50 a day; r is half as bright on the same days.
        let rows = (0...14).flatMap { day -> [Detections.Row] in
            let flux = day <= 9 ? 100 + 100 * Double(day) : 1000 - 50 * Double(day - 9)
            return [fluxRow(Double(day), .g, flux, 10), fluxRow(Double(day) + 0.1, .r, flux / 2, 10)]
        }
        expectClose(scalar(.riseRate, rows), 1.0413927)  // log10(1 + 10)
        expectClose(scalar(.fadeRate, rows), -0.7781513)  // log10(1 + 5)
        expectClose(scalar(.colourGR, rows), -0.7525750)  // -2.5 log10 2
        expectClose(scalar(.newestColourGR, rows), -0.7525750)
        expectClose(scalar(.fractionAboveHalf, rows), 10.0 / 30)
        expectClose(scalar(.logSpan, rows), 1.1789769)  // log10(1 + 14.1)
        expectClose(scalar(.logPoints, rows), 1.4771213)
        expectClose(scalar(.colourRI, rows), -9)
        expectClose(scalar(.colourGR, rows.filter { $0.band == .g }), -9)
    }

    @Test func coloursNeedObservationsWithinThreeDays() {
        expectClose(scalar(.colourGR, [fluxRow(0, .g, 100, 1), fluxRow(3, .r, 100, 1)]), 0)
        expectClose(scalar(.colourGR, [fluxRow(0, .g, 100, 1), fluxRow(3.1, .r, 100, 1)]), -9)
    }

    @Test func theAlertsOwnFieldsAreReadOrMissing() {
        let rows = [magnitudeRow(0, .g, 20), magnitudeRow(5, .r, 20), fluxRow(6, .r, 1, 1, origin: .forced)]
        for name in ScalarFeature.ofTheAlert {
            let missing = scalar(name, rows) { alert in alert.ra = .nan }
            #expect(missing == -9, "\(name)")
        }
        expectClose(scalar(.starScore, rows) { $0.sgscore = 0.25 }, 0.25)
        expectClose(scalar(.logStarDistance, rows) { $0.distpsnr = 10 }, 1)
        expectClose(scalar(.logStarDistance, rows) { $0.distpsnr = 0 }, -2)
        expectClose(scalar(.referenceMagnitude, rows) { $0.magnr = 18.5 }, 18.5)
        expectClose(scalar(.logReferenceDistance, rows) { $0.distnr = 9 }, 1)
        expectClose(scalar(.realBogus, rows) { ($0.rb, $0.drb) = (0.3, .nan) }, 0.3)
        expectClose(scalar(.realBogus, rows) { ($0.rb, $0.drb) = (0.3, 0.9) }, 0.9)
        expectClose(scalar(.logDetections, rows) { $0.ndethist = 99 }, 2)
        expectClose(scalar(.logAge, rows) { $0.jdstarthist = $0.jd - 99 }, 2)
        // The galactic pole, and the galactic centre.
        expectClose(scalar(.sineOfGalacticLatitude, rows) { ($0.ra, $0.dec) = (192.85948, 27.12825) }, 1)
        #expect(scalar(.sineOfGalacticLatitude, rows) { ($0.ra, $0.dec) = (266.40500, -28.93617) } < 1e-4)
        expectClose(scalar(.fractionDetections, rows), 2.0 / 3)
    }

    @Test func theGapIsCountedInTheSameBandAndMissingForTheFirst() {
        let preset = Preset.observations1.changed {
            $0.input = .tokens(features: [Feature(.logGap, missing: -1), Feature(.origin)], bands: false)
            $0.scalars = []
        }
        let rows = [magnitudeRow(0, .g, 20), magnitudeRow(1, .r, 20), magnitudeRow(9, .g, 20)]
        let inputs = extract(batch(ofRows: rows), preset).features.inputs
        #expect(largestDifference(inputs, [-1, 1, -1, 1, 1, 1]) < 1e-6)
    }

    /// Every feature there is, over curves at the limits of what numbers can be.
    @Test func everyFeatureIsFiniteForEveryInput() {
        let everything = Preset.observations1.changed {
            $0.observations.rows = [.detections, .forced, .upperLimits]
            $0.observations.windowDays = nil
            $0.observations.minimumPoints = 1
            $0.input = .tokens(features: TokenFeature.allCases.map { Feature($0) }, bands: true)
            $0.scalars = ScalarFeature.allCases.map { Feature($0) }
            $0.selection = Selection(minimumDetections: 0, skipsSolarSystem: false)
        }
        var generator = SplitMix64(seed: 5)
        let days: [Double] = [-2_459_000.5, -1e300, -1e9, -1, 0, 0, 1e-9, 1e-5, 1, 50, 1e9, 1e300, .nan, .infinity]
        let fluxes: [Float] = [0, -0.0, 1e-38, -1e-38, 1, -1, 1e5, 3e38, -3e38, .nan, .infinity, -.infinity]
        let errors: [Float] = [0, -1, 1e-38, 1e-3, 1, 1e38, .nan, .infinity]
        let magnitudes: [Float] = [-700, 0, 20, 700, 3e38, .nan]
        let origins: [Detections.Origin] = [.candidate, .previous, .upperLimit, .forced]
        var rows = 0
        for _ in 0..<5000 {
            let curve = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                let day = days[Int.random(in: days.indices, using: &generator)]
                func pick<T>(_ values: [T]) -> T { values[Int.random(in: values.indices, using: &generator)] }
                return Detections.Row(
                    jd: 2_459_000.5 + day, band: pick(Band.allCases), origin: pick(origins), magpsf: pick(magnitudes),
                    sigmapsf: pick(errors), diffmaglim: pick(magnitudes), isdiffpos: pick([1, -1, 0]), flux: pick(fluxes),
                    fluxErr: pick(errors))
            }
            let (features, _) = extract(batch(ofRows: curve), everything)
            rows += features.count
            guard features.inputs.allSatisfy({ $0.isFinite }), features.scalars.allSatisfy({ $0.isFinite }) else {
                Issue.record("\(curve)")
                return
            }
        }
        #expect(rows > 1000)
    }
}

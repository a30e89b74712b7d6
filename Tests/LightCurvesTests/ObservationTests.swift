import Alerts
import Foundation
import LightCurves
import Testing

/// Which rows become observations, with what time and flux: seen through a preset whose tokens are those numbers.
@Suite struct ObservationTests {
    static let plain = Preset(
        name: "plain", passbands: Passband.ugrizy,
        observations: ObservationRules(
            rows: [.detections, .forced, .upperLimits], windowDays: 100, minimumPoints: 1, maximumPoints: 64),
        input: .tokens(
            features: [Feature(.time), Feature(.asinhFlux), Feature(.logError), Feature(.origin)], bands: false),
        selection: Selection(minimumDetections: 0))

    /// The tokens as (days, flux / 10, log error, origin).
    private func tokens(_ rows: [Detections.Row], _ preset: Preset = plain) -> [SIMD4<Float>] {
        let inputs = extract(batch(ofRows: rows), preset).features.inputs
        return stride(from: 0, to: inputs.count, by: 4).map {
            SIMD4(inputs[$0], Float(sinh(Double(inputs[$0 + 1]))), inputs[$0 + 2], inputs[$0 + 3])
        }
    }

    private func reason(_ rows: [Detections.Row], _ preset: Preset = plain) -> SkipReason? {
        extract(batch(ofRows: rows), preset).skips[0]
    }

    @Test func magnitudesAndNanojanskyAreOneScale() {
        // AB 20 is a flux of 1000, that is 36,307.8 nJy; its error is ln 10 / 2.5 sigma f.
        let magnitude = tokens([magnitudeRow(0, .g, 20, 0.1)])
        let flux = tokens([fluxRow(0, .g, 1000, 92.1034)])
        #expect(abs(magnitude[0][1] - 100) < 1e-3)
        #expect(abs(magnitude[0][2] - 1.964276) < 1e-5)
        #expect(largestDifference(magnitude.flatMap { [$0[0], $0[1], $0[2]] }, flux.flatMap { [$0[0], $0[1], $0[2]] }) < 1e-4)
    }

    @Test func theSignIsThatOfTheDifferenceAndMayBeDropped() {
        let rows = [magnitudeRow(0, .g, 20, sign: -1), fluxRow(1, .g, -1000, 10), magnitudeRow(2, .g, 20, sign: 0)]
        #expect(tokens(rows).map { ($0[1] * 1e-2).rounded() } == [-1, -1, 1])
        let unsigned = Self.plain.changed { $0.observations.keepsSign = false }
        #expect(tokens(rows, unsigned).map { ($0[1] * 1e-2).rounded() } == [1, 1, 1])
    }

    @Test func anUpperLimitIsNoFluxWithAFifthOfTheLimitForItsError() {
        let limit = Detections.Row(jd: 2_459_000.5, band: .r, origin: .upperLimit, diffmaglim: 20)
        let found = tokens([limit, magnitudeRow(4, .r, 19)])
        #expect(found[0][0] == -4 && found[0][1] == 0 && found[0][3] == -1)
        #expect(abs(found[0][2] - 2.30103) < 1e-5)  // log10(1000 / 5)
        #expect(reason([limit]) == .tooFewDetections)
    }

    @Test func onlyTheRowsOfThePresetAreTaken() {
        let rows = [
            fluxRow(0, .g, 10, 1, origin: .forced), magnitudeRow(1, .g, 20),
            .init(jd: 2_459_002.5, band: .g, origin: .upperLimit, diffmaglim: 20),
        ]
        #expect(tokens(rows).map { $0[3] } == [0, 1, -1])
        for (kinds, origins) in [([ObservationRules.Rows.detections], [Float(1)]), ([.forced], [0]), ([.forced, .detections], [0, 1])] {
            #expect(tokens(rows, Self.plain.changed { $0.observations.rows = kinds }).map { $0[3] } == origins)
        }
    }

    @Test func rowsWithoutAFiniteFluxAndAPositiveErrorAreLeftOut() {
        let good = magnitudeRow(9, .g, 20)
        let bad: [Detections.Row] = [
            magnitudeRow(1, .g, .nan), magnitudeRow(1, .g, .infinity), magnitudeRow(1, .g, -1e30), magnitudeRow(1, .g, 20, .nan),
            magnitudeRow(1, .g, 20, 0), magnitudeRow(1, .g, 20, -0.1), magnitudeRow(.nan, .g, 20), magnitudeRow(.infinity, .g, 20),
            magnitudeRow(1, .g, 20, .infinity), fluxRow(1, .g, .infinity, 1), fluxRow(1, .g, 1, 0), fluxRow(1, .g, 1, -1),
            fluxRow(1, .g, 1, .nan), .init(jd: 2_459_001.5, band: .g, origin: .upperLimit, diffmaglim: .nan),
            .init(jd: 2_459_001.5, band: .g, origin: .upperLimit, diffmaglim: -999),
        ]
        for row in bad {
            #expect(tokens([row, good]) == tokens([good]), "\(row)")
            #expect(reason([row]) == .tooFewDetections, "\(row)")
        }
        #expect(reason(bad) == .tooFewDetections)
        #expect(reason([]) == .tooFewDetections)
    }

    @Test func theWindowEndsWithTheNewestObservationAndHoldsTheNewest() {
        let rows = [0.0, 50, 99.9, 100, 150].map { magnitudeRow($0, .g, 20) }
        #expect(tokens(rows).map { $0[0] }.map { ($0 * 10).rounded() } == [-1000, -501, -500, 0])
        let three = Self.plain.changed { $0.observations.maximumPoints = 3; $0.observations.windowDays = nil }
        #expect(tokens(rows, three).map { ($0[0] * 10).rounded() } == [-501, -500, 0])
        // The newest row is not usable, so the window ends with the one before it.
        #expect(tokens(rows + [magnitudeRow(400, .g, .nan)]) == tokens(rows))
    }

    @Test func oneExposureIsOneObservation() {
        let forced = fluxRow(1, .g, 900, 1, origin: .forced)
        let detection = magnitudeRow(1, .g, 20)
        let limit = Detections.Row(jd: 2_459_001.5, band: .g, origin: .upperLimit, diffmaglim: 20)
        for rows in [[forced, detection, limit], [limit, detection, forced], [detection, detection, forced]] {
            #expect(tokens(rows) == tokens([detection]))
        }
        #expect(tokens([limit, forced]) == tokens([forced]))
        // Another band is another observation, and so is a second exposure 30 s later.
        #expect(tokens([detection, magnitudeRow(1, .r, 20)]).count == 2)
        #expect(tokens([detection, magnitudeRow(1 + 30.0 / 86400, .g, 20)]).count == 2)
        // Of two of a kind the one with the smaller error, even if their times differ in the last digits.
        #expect(tokens([magnitudeRow(1, .g, 20, 0.3), magnitudeRow(1.000001, .g, 21, 0.1)])[0][1].rounded() == 40)
    }

    @Test func minimumPointsAreCountedInAllAndPerBand() {
        let preset = Self.plain.changed {
            $0.passbands = [.ztfG, .ztfR]
            $0.observations.minimumPoints = 3
            $0.observations.minimumPointsPerBand = 1
        }
        let rows = [magnitudeRow(0, .g, 20), magnitudeRow(1, .g, 20), magnitudeRow(2, .i, 20)]
        #expect(reason(rows, preset) == .tooFewDetections)
        #expect(reason(rows + [magnitudeRow(3, .g, 20)], preset) == .missingBands)
        #expect(reason(rows + [magnitudeRow(3, .r, 20)], preset) == nil)
    }

    @Test func timeMayRunBackward() {
        let rows = [magnitudeRow(0, .g, 20), magnitudeRow(7, .g, 19)]
        #expect(tokens(rows).map { $0[0] } == [-7, 0])
        #expect(tokens(rows, Self.plain.changed { $0.observations.direction = .backward }).map { $0[0] } == [7, 0])
    }
}

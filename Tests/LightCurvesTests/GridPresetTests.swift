import Alerts
import LightCurves
import Testing

@Suite struct GridPresetTests {
    private static func grid(_ bands: [Band]) -> Preset {
        .grid1.changed { $0.passbands = Passband.ugrizy.filter { bands.contains($0.band) } }
    }

    @Test(arguments: [[Band.r], [.g, .r], [.g, .r, .i], Band.allCases], [0.3, 30, 1000])
    func anyNumberOfBandsAndAnyBaseline(bands: [Band], days: Double) {
        var preset = Self.grid(bands)
        preset.observations.windowDays = nil
        let (features, skips) = extract(batch(ofRows: transientRows(bands: bands, days: days)), preset)
        #expect(skips == [nil])
        #expect(features.channels == bands.count + 1)
        #expect(features.rowStarts == [0, 100])
        #expect(features.inputs.count == 100 * (bands.count + 1))
        // The brightest observation is 1 in its channel, near enough; the last channel is log10 of its flux, less 3.
        let curve = features.inputs.enumerated().filter { $0.offset % (bands.count + 1) < bands.count }.map(\.element)
        #expect((0.5...1.5).contains(curve.max() ?? 0))
        let amplitude = Set(stride(from: bands.count, to: features.inputs.count, by: bands.count + 1).map { features.inputs[$0] })
        #expect(amplitude.count == 1)
        #expect((0.2...0.8).contains(amplitude.first ?? 0))
    }

    @Test func bandsWithoutObservationsAreFilledFromTheOthers() {
        let (features, skips) = extract(batch(ofRows: transientRows(bands: [.r])), Self.grid([.g, .r, .i]))
        #expect(skips == [nil])
        #expect(features.inputs.allSatisfy { $0.isFinite })
        let strict = Self.grid([.g, .r]).changed { $0.observations.minimumPointsPerBand = 1 }
        #expect(extract(batch(ofRows: transientRows(bands: [.r])), strict).skips == [.missingBands])
    }

    @Test func timeRunsForwardAndAmplitudeColourAndSignAreKept() {
        // Rising in g, constant and ten times brighter in r, both below the reference.
        var rows: [Detections.Row] = []
        for day in stride(from: 0.0, to: 30, by: 2) {
            rows.append(fluxRow(day, .g, -10 - 3 * day, 2))
            rows.append(fluxRow(day + 0.5, .r, -1000, 2))
        }
        let inputs = extract(batch(ofRows: rows), .grid1).features.inputs
        #expect(inputs.count == 300)
        #expect(inputs[0] > inputs[99 * 3])
        #expect(abs(inputs[0] + 0.010) < 0.02 && abs(inputs[99 * 3] + 0.094) < 0.02)
        #expect(abs(inputs[1] + 1) < 0.02 && abs(inputs[99 * 3 + 1] + 1) < 0.02)
        #expect(abs(inputs[2]) < 1e-3)
    }

    @Test func aFixedScaleFromTrainingIsThatOfEveryObject() {
        let preset = Preset.grid1.changed {
            $0.input = .grid(length: 100, scaling: .fixed(channels: [.init(center: 100, scale: 50), .init(center: -10, scale: 7)]))
        }
        let raw = Preset.grid1.changed {
            $0.input = .grid(length: 100, scaling: .fixed(channels: [.init(), .init()]))
        }
        let batch = batch(ofRows: transientRows(bands: [.g, .r]))
        let (scaled, plain) = (extract(batch, preset).features.inputs, extract(batch, raw).features.inputs)
        let expected = plain.enumerated().map { $0.offset % 2 == 0 ? ($0.element - 100) / 50 : ($0.element + 10) / 7 }
        #expect(plain.count == 200 && largestDifference(scaled, expected) < 1e-4)
    }

    @Test(arguments: [1e-3, 0.5, 8, 1e4])
    func scalingAllFluxesScalesTheGrid(factor: Double) {
        let raw = Preset.grid1.changed {
            $0.input = .grid(length: 100, scaling: .fixed(channels: [.init(), .init()]))
        }
        let (one, other) = (
            batch(ofRows: transientRows(bands: [.g, .r])), batch(ofRows: transientRows(bands: [.g, .r], scale: factor))
        )
        let (before, after) = (extract(one, raw).features.inputs, extract(other, raw).features.inputs)
        let peak = before.map(abs).max() ?? 0
        #expect(largestDifference(before.map { $0 * Float(factor) }, after) < 2e-4 * peak * Float(factor))
        // By the object's own scale the curve is the same, and the channel of the scale moves by log10 of the factor.
        let (grid, scaled) = (extract(one, .grid1).features.inputs, extract(other, .grid1).features.inputs)
        let moved = grid.enumerated().map { $0.offset % 3 == 2 ? $0.element + Float(factorLog10(factor)) : $0.element }
        #expect(largestDifference(moved, scaled) < 2e-4)
    }

    private func factorLog10(_ factor: Double) -> Double {
        [1e-3: -3, 0.5: -0.30103, 8: 0.90309, 1e4: 4][factor] ?? .nan
    }

    @Test func degenerateCurvesGiveAResultOrAReason() {
        let constant = (0..<8).map { fluxRow(Double($0), $0 % 2 == 0 ? .g : .r, 100, 5) }
        #expect(extract(batch(ofRows: constant), .grid1).skips == [nil])
        let zero = (0..<8).map { fluxRow(Double($0), .g, 0, 5) }
        #expect(extract(batch(ofRows: zero), .grid1).skips == [.nonFinite])
        #expect(extract(batch(ofRows: zero), .observations1).skips == [nil])
        let instant = [fluxRow(0, .g, 1, 1), fluxRow(0, .r, 1, 1), fluxRow(0, .g, 2, 1), fluxRow(0.00001, .r, 1, 1)]
        #expect(extract(batch(ofRows: Array(instant[..<3])), .grid1).skips == [.tooFewDetections])
        let three = Preset.grid1.changed { $0.passbands = Passband.ugrizy }
        #expect(
            extract(batch(ofRows: [fluxRow(0, .g, 1, 1), fluxRow(0, .r, 1, 1), fluxRow(0, .i, 1, 1)]), three).skips == [.noTimeSpan])
        #expect(extract(batch(ofRows: [fluxRow(0, .g, 1, 1)]), .grid1).skips == [.tooFewDetections])
        #expect(extract(batch(ofRows: [fluxRow(0, .g, 1, 1)]), .observations1).skips == [.tooFewDetections])
        let huge = (0..<4).map { magnitudeRow(Double($0), .g, -700, 0.1) }
        #expect(extract(batch(ofRows: huge), .grid1).skips != [nil])
        let pair = constant + constant
        #expect(extract(batch(ofRows: pair), .grid1).features.inputs == extract(batch(ofRows: constant), .grid1).features.inputs)
    }
}

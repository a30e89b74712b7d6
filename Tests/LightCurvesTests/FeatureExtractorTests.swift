import Alerts
import LightCurves
import TestSupport
import Testing

@Suite struct FeatureExtractorTests {
    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func fromAlertToInputTheResultIsThePublishedOne() throws {
        let golden = try Golden.shared.get()
        let published = try golden.floats("model_input")
        let (features, _) = extract(golden.alerts, selection: anyAge)
        let rows = Dictionary(uniqueKeysWithValues: features.alertIndices.enumerated().map { ($1, $0) })
        var differences: [Float] = []
        for row in golden.rowsInGAndR {
            let own = try #require(rows[golden.rows[row]])
            var difference: Float = 0
            for point in 0..<200 {
                difference = max(difference, abs(features.inputs[own * 200 + point] - published[row * 200 + point]))
            }
            differences.append(difference)
            if difference > 1e-5 { print("input \(row) differs by \(difference)") }
        }
        differences.sort()
        let identical = differences.count { $0 == 0 }
        print("inputs: \(identical) of \(differences.count) identical, largest differences \(differences.suffix(4))")
        #expect(differences.count == 298)
        #expect(differences.allSatisfy { $0 <= 1e-5 })
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func reversedTimeSwappedBandsAndAnotherScaleWouldBeNoticed() throws {
        let golden = try Golden.shared.get()
        let published = try golden.floats("model_input")
        let (features, _) = extract(golden.alerts, selection: anyAge)
        let rows = Dictionary(uniqueKeysWithValues: features.alertIndices.enumerated().map { ($1, $0) })
        var noticed = (reversed: 0, swapped: 0, rescaled: 0)
        for row in golden.rowsInGAndR {
            let own = try #require(rows[golden.rows[row]])
            func distance(_ other: (Int) -> Float) -> Float {
                (0..<200).map { abs(other($0) - published[row * 200 + $0]) }.max() ?? 0
            }
            func input(_ point: Int) -> Float { features.inputs[own * 200 + point] }
            noticed.reversed += distance { input((99 - $0 / 2) * 2 + $0 % 2) } > 1e-2 ? 1 : 0
            noticed.swapped += distance { input($0 ^ 1) } > 1e-2 ? 1 : 0
            noticed.rescaled += distance { input($0) * 1.05 } > 1e-2 ? 1 : 0
        }
        print("of 298 inputs, noticed: \(noticed)")
        #expect(noticed.reversed >= 290)
        #expect(noticed.swapped >= 290)
        #expect(noticed.rescaled >= 290)
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func thePresetSkipsOrSelectsEveryAlertAndNeverMakesNaN() throws {
        let golden = try Golden.shared.get()
        let (features, skips) = extract(golden.alerts)
        #expect(skips.count == 480)
        #expect(features.count == 51)
        #expect(features.inputs.count == 51 * 200)
        #expect(features.alertIndices == skips.indices.filter { skips[$0] == nil })
        #expect(features.inputs.allSatisfy { $0.isFinite })
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)), arguments: GridEngine.allCases)
    func whatElseIsInTheBatchChangesNothing(engine: GridEngine) throws {
        let golden = try Golden.shared.get()
        let extractor = FeatureExtractor(preset: .finkT2, selection: anyAge, gridEngine: engine)
        var features = FeatureBatch(preset: .finkT2)
        var skips: [SkipReason?] = []
        extractor.extract(golden.alerts, into: &features, skips: &skips)
        let together = features
        for (row, index) in together.alertIndices.enumerated() where row % 7 == 0 {
            extractor.extract(golden.batch(ofAlert: index), into: &features, skips: &skips)
            #expect(features.inputs == Array(together.inputs[(row * 200)..<(row * 200 + 200)]))
        }
    }

    @Test func timeRunsBackwardsAndChannelsAreGThenR() throws {
        // Brightening in g and fading in r.
        let (features, _) = extract(
            madeUpBatch([[(0, .g, 20), (1, .r, 18), (8, .g, 19), (9, .r, 19), (16, .g, 18), (17, .r, 20)]]))
        try #require(features.count == 1)
        #expect(features.inputs[0] > features.inputs[198])
        #expect(features.inputs[1] < features.inputs[199])
        for channel in 0..<2 {
            let column = stride(from: channel, to: 200, by: 2).map { features.inputs[$0] }.sorted()
            #expect(abs(column[49] + column[50]) < 1e-5)
            #expect(abs(column[74] * 0.75 + column[75] * 0.25 - column[24] * 0.25 - column[25] * 0.75 - 1) < 1e-5)
        }
    }

    @Test(arguments: [UInt64(11), 12, 13, 14])
    func theOrderOfTheObservationsHardlyMatters(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var history: [(Double, Band, Float)] = (0..<20).map { index in
            let day = Double(index) * 1.7
            let rise = Float((day - 15) * (day - 15) / 150)
            return (day, index % 3 == 0 ? .r : .g, 18 + rise + Float.random(in: -0.1...0.1, using: &generator))
        }
        let (inOrder, _) = extract(madeUpBatch([history]))
        history.shuffle(using: &generator)
        var shuffled = madeUpBatch([history])
        shuffled.alerts[0].jdstarthist = shuffled.alerts[0].jd
        let (outOfOrder, _) = extract(shuffled)
        try #require(inOrder.count == 1 && outOfOrder.count == 1)
        let difference = zip(inOrder.inputs, outOfOrder.inputs).map { abs($0 - $1) }.max() ?? 0
        #expect(difference < 1e-4, "seed \(seed)")
    }

    @Test func buffersAreClearedAndTakeThePresetsShape() {
        let extractor = FeatureExtractor(preset: .finkT2)
        var features = FeatureBatch(channels: 1)
        features.inputs = [1]
        features.alertIndices = [7]
        var skips: [SkipReason?] = [.duplicate]
        extractor.extract(AlertBatch(), into: &features, skips: &skips)
        #expect(features.count == 0 && features.inputs.isEmpty && skips.isEmpty)
        #expect(features.rowStarts == [0] && features.channels == 2 && features.scalarCount == 0)
    }

    /// By the plain engine, which is the one that is held to the published values.
    private func extract(_ batch: AlertBatch, selection: Selection? = nil) -> (FeatureBatch, [SkipReason?]) {
        var features = FeatureBatch(preset: .finkT2)
        var skips: [SkipReason?] = []
        FeatureExtractor(preset: .finkT2, selection: selection, gridEngine: .plain)
            .extract(batch, into: &features, skips: &skips)
        return (features, skips)
    }
}

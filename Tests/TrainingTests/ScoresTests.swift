import Testing
import Training

@Suite struct ScoresTests {
    private static func alert(_ group: String, _ label: Int) -> LabelledAlert {
        LabelledAlert(candid: 0, group: group, label: label, source: "s", epoch: 1, detectionsG: 2, detectionsR: 2)
    }

    /// Worked out by hand, and the same as the published scorer gives.
    @Test func `Objects weigh one in their class`() {
        let truth = [Self.alert("a", 0), Self.alert("a", 0), Self.alert("b", 0), Self.alert("c", 1)]
        let rows: [[Float]?] = [[0.9, 0.1], [0.4, 0.6], [0.8, 0.2], nil]
        let scores = Scores(truth, rows, classCount: 2, macro: [0, 1])
        #expect(scores.accuracy == 0.5)
        #expect(scores.coverage == 0.75)
        // Class 0: a is half right, b right; class 1: nothing predicted.
        #expect(scores.macroRecall == (0.75 + 0) / 2)
        #expect(scores.classes[0].objects == 2)
        #expect(scores.classes[0].precision == 1)
        let loss = ((0.105_360_516 + 0.916_290_732) / 2 + 0.223_143_551) / 2
        #expect(abs(scores.balancedLogLoss - (loss + 0.693_147_181) / 2) < 1e-7)
        // Bins of 1/15: 0.9, 0.6, 0.8 and 0.5 stand alone in theirs.
        #expect(abs(scores.calibrationError - (0.1 + 0.6 + 0.2 + 0.5) / 4) < 1e-7)
        #expect(scores.confusion == [[2, 1], [0, 0]])
    }

    @Test func `Folds keep a group together and spread each class`() {
        let groups = (0..<103).map { (group: "g\($0)", label: $0 % 3 == 0 ? 1 : 0) }
        let folds = Folds(groups, count: 5, seed: 2)
        for label in 0...1 {
            var sizes = [0, 0, 0, 0, 0]
            for (group, own) in groups where own == label { sizes[folds.fold(of: group) ?? 0] += 1 }
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        }
        #expect(folds == Folds(groups.reversed(), count: 5, seed: 2))
        #expect(folds != Folds(groups, count: 5, seed: 3))
    }

    @Test func `A calibration undoes a temperature`() {
        // Logits three times too sure: the true odds are one third.
        var logits: [Float] = []
        var labels: [Int] = []
        for index in 0..<1000 {
            logits += [Float(index % 2 == 0 ? 3.295_8 : -3.295_8), 0]
            // exp(3.2958 / 3) = 3: right three times of four.
            labels.append((index / 2) % 4 == 0 ? 1 - (index % 2 == 0 ? 0 : 1) : (index % 2 == 0 ? 0 : 1))
        }
        let fitted = Calibrator.fit(
            logits: logits, labels: labels, weights: Array(repeating: 1, count: 1000), prior: [0.5, 0.5], taus: 0...0)
        #expect(abs(fitted.temperature - 3) < 0.05)
        #expect(abs(fitted.probabilities([3.295_8, 0])[0] - 0.75) < 0.01)
    }
}

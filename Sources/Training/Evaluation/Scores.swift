import Glibc

/// How well probabilities agree with labels.
///
/// An alert weighs 1 in accuracy, Brier score and calibration error; in recall and balanced log-loss an object weighs 1 in its
/// class, however many alerts it has. An alert without a prediction counts as uniform, and as wrong.
public struct Scores: Sendable, Equatable {
    /// One class.
    public struct ClassScore: Sendable, Equatable {
        public internal(set) var objects = 0
        public internal(set) var alerts = 0
        public internal(set) var predicted = 0
        public internal(set) var recall: Double?
        public internal(set) var precision: Double?
        public internal(set) var logLoss: Double?
    }

    public private(set) var alerts = 0
    public private(set) var coverage = 0.0
    public private(set) var accuracy = 0.0
    /// Mean recall of the macro classes that occur.
    public private(set) var macroRecall = 0.0
    /// Mean over the macro classes of the mean -ln p of the true class.
    public private(set) var balancedLogLoss = 0.0
    public private(set) var brier = 0.0
    /// Expected calibration error of the highest probability, in 15 bins of equal width.
    public private(set) var calibrationError = 0.0
    public private(set) var classes: [ClassScore] = []
    /// (true, predicted): alerts.
    public private(set) var confusion: [[Int]] = []

    static let bins = 15

    /// - Parameters:
    ///   - probabilities: one row an alert, nil where there is none.
    ///   - macro: the classes that enter macro recall and balanced log-loss.
    public init(_ truth: [LabelledAlert], _ probabilities: [[Float]?], classCount: Int, macro: [Int]) {
        alerts = truth.count
        classes = Array(repeating: ClassScore(), count: classCount)
        confusion = Array(repeating: Array(repeating: 0, count: classCount), count: classCount)
        var alertsOfObject: [String: Int] = [:]
        for alert in truth { alertsOfObject["\(alert.group)/\(alert.label)", default: 0] += 1 }
        for key in alertsOfObject.keys {
            if let label = key.split(separator: "/").last.flatMap({ Int($0) }) { classes[label].objects += 1 }
        }
        var weight = [Double](repeating: 0, count: classCount)
        var right = weight
        var loss = weight
        var precise = [Int](repeating: 0, count: classCount)
        var (covered, correct) = (0, 0)
        var confidence = [Double](repeating: 0, count: Self.bins)
        var hits = confidence
        for (alert, row) in zip(truth, probabilities) {
            let share = 1 / Double(alertsOfObject["\(alert.group)/\(alert.label)"] ?? 1)
            let p = row?.map { Double($0) } ?? Array(repeating: 1 / Double(classCount), count: classCount)
            let top = p.indices.max { p[$0] < p[$1] || (p[$0] == p[$1] && $0 > $1) } ?? 0
            let isRight = row != nil && top == alert.label
            if row != nil {
                covered += 1
                classes[top].predicted += 1
                confusion[alert.label][top] += 1
                if isRight { precise[top] += 1 }
            }
            correct += isRight ? 1 : 0
            classes[alert.label].alerts += 1
            weight[alert.label] += share
            right[alert.label] += isRight ? share : 0
            loss[alert.label] -= share * log(min(1, max(1e-15, p[alert.label])))
            for index in p.indices {
                let expected = index == alert.label ? 1.0 : 0
                brier += (p[index] - expected) * (p[index] - expected)
            }
            let bin = min(Self.bins - 1, Int(p[top] * Double(Self.bins)))
            confidence[bin] += p[top]
            hits[bin] += isRight ? 1 : 0
        }
        let count = Double(max(1, alerts))
        coverage = Double(covered) / count
        accuracy = Double(correct) / count
        brier /= count
        calibrationError = zip(confidence, hits).reduce(0) { $0 + abs($1.0 - $1.1) } / count
        for index in classes.indices {
            if weight[index] > 0 {
                classes[index].recall = right[index] / weight[index]
                classes[index].logLoss = loss[index] / weight[index]
            }
            if classes[index].predicted > 0 {
                classes[index].precision = Double(precise[index]) / Double(classes[index].predicted)
            }
        }
        let counted = macro.filter { weight[$0] > 0 }
        let number = Double(max(1, counted.count))
        macroRecall = counted.reduce(0) { $0 + (classes[$1].recall ?? 0) } / number
        balancedLogLoss = counted.reduce(0) { $0 + (classes[$1].logLoss ?? 0) } / number
    }

    /// The classes with so many objects or more.
    public static func macroClasses(_ truth: [LabelledAlert], classCount: Int, minimumObjects: Int = 20) -> [Int] {
        var groups = Array(repeating: Set<String>(), count: classCount)
        for alert in truth { groups[alert.label].insert(alert.group) }
        return groups.indices.filter { groups[$0].count >= minimumObjects }
    }
}

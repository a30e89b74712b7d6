import Alerts
public import LightCurves

/// Makes examples of labelled curves by the preset that serves.
public final class ExampleFactory {
    private let curves: [LabelledCurve]
    private let usable: [[LabelledCurve.Observation]]
    private let cutter: AlertCutter
    private let extractor: FeatureExtractor
    private let classes: Int
    private var batch = AlertBatch()
    private var features: FeatureBatch
    private var skips: [SkipReason?] = []

    /// Examples an object has in each epoch.
    private static let perObject = 3

    public init(_ curves: [LabelledCurve], preset: Preset, classes: Int, cutter: AlertCutter = AlertCutter()) {
        self.curves = curves
        self.cutter = cutter
        self.classes = classes
        usable = curves.map(cutter.usable)
        var selection = preset.selection
        selection.maximumAgeDays = nil
        extractor = FeatureExtractor(preset: preset, selection: selection)
        features = FeatureBatch(preset: preset)
    }

    /// Three examples of each object, an object's weights adding up to `weights[label]`.
    ///
    /// What is drawn for an object depends on the seed and the object alone.
    public func examples(
        of members: [Int], _ augmentation: Augmentation, seed: UInt64, weights: [Float],
        soft: ((_ curve: Int, _ third: Int) -> [Float]?)? = nil
    ) -> ExampleSet {
        var set = ExampleSet(
            channels: features.channels, scalarCount: features.scalarCount, classes: classes)
        for member in members {
            let usable = self.usable[member]
            guard !usable.isEmpty else { continue }
            var random = SplitMix64(seed: SplitMix64.mixed(seed ^ UInt64(member) &* 0x9E37_79B9_7F4A_7C15))
            batch.removeAll()
            for third in 1...Self.perObject {
                var end = (usable.count * third + 2) / 3 - 1
                if augmentation.anyEnd > 0, Double.random(in: 0..<1, using: &random) < augmentation.anyEnd {
                    end = Int.random(in: 0..<usable.count, using: &random)
                }
                cutter.append(
                    usable, end: end, candid: Int64(third), augmentation, using: &random, to: &batch)
            }
            extractor.extract(batch, into: &features, skips: &skips)
            let share = weights[curves[member].label] / Float(max(1, features.count))
            for row in 0..<features.count {
                var target = [Float](repeating: 0, count: classes)
                target[curves[member].label] = 1
                if let soft = soft?(member, Int(batch.alerts[features.alertIndices[row]].candid)) { target = soft }
                let scalars = row * features.scalarCount..<(row + 1) * features.scalarCount
                set.append(
                    inputs: features.inputs[features.inputRange(row: row)], scalars: features.scalars[scalars],
                    target: target, weight: share)
            }
        }
        return set
    }
}

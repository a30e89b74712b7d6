import Alerts
import LightCurves
import ModelFile
import Pipeline

// All that the picture takes from a classifier is read here: nothing else knows how presets and batches are laid out.
extension LightCurvePlot.Verdict {
    /// What a classifier's last batch says of one of its alerts.
    init(ofAlert index: Int, in classifier: BatchClassifier) throws {
        let metadata = classifier.model.metadata
        let preset = try Preset(declaration: metadata.preset)
        self.init(
            modelName: metadata.name, preset: preset.name, input: nil, skip: classifier.skips[index], probabilities: [])
        guard let row = classifier.features.alertIndices.firstIndex(of: index) else { return }
        input = NetworkInput(row: row, of: classifier.features, preset: preset)
        let first = row * metadata.classes.count
        let values = classifier.probabilities[first..<(first + metadata.classes.count)]
        probabilities = zip(metadata.classes, values).map { (name: $0, value: Double($1)) }.sorted { $0.value > $1.value }
    }
}

extension NetworkInput {
    fileprivate init(row: Int, of features: FeatureBatch, preset: Preset) {
        self.init(
            values: features.inputs[features.inputRange(row: row)].map(Double.init), channelNames: preset.channelNames,
            isGrid: preset.inputLength != nil)
    }
}

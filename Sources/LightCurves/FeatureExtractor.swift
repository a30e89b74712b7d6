public import Alerts

/// Turns batches of alerts into network input by a preset: the one path of training and serving.
///
/// One worker owns an extractor and reuses it; its buffers grow to the longest curve seen and then stay. What it makes
/// of an alert depends on that alert alone, whatever else is in the batch and whatever was extracted before.
public final class FeatureExtractor {
    public let preset: Preset
    private let selection: Selection
    private var builder: CurveBuilder
    private var curve = LightCurve()
    private var grid: GridInput?
    private let tokens: [Feature<TokenFeature>]
    private let hasBands: Bool

    /// The preset has to be valid (`Preset.validate`); `selection` replaces its own.
    public init(preset: Preset, selection: Selection? = nil) {
        self.preset = preset
        self.selection = selection ?? preset.selection
        builder = CurveBuilder(passbands: preset.passbands, rules: preset.observations)
        switch preset.input {
        case .grid(let length, let scaling):
            grid = GridInput(passbands: preset.passbands, length: length, scaling: scaling)
            tokens = []
            hasBands = false
        case .tokens(let features, let bands):
            grid = nil
            tokens = features
            hasBands = bands
        }
    }

    /// Fills `features` with one row per selected alert; `skips[i]` is nil for these, else why there is no row.
    ///
    /// Both are cleared first, and `features` takes on the preset's shape.
    public func extract(_ batch: AlertBatch, into features: inout FeatureBatch, skips: inout [SkipReason?]) {
        features.removeAll()
        features.channels = preset.channels
        features.scalarCount = preset.scalars.count
        skips.removeAll(keepingCapacity: true)
        for index in batch.alerts.indices {
            // Most alerts of a night are skipped, so as a rule no error is thrown for that.
            let reason = appendRow(of: batch.alerts[index], in: batch.detections, to: &features)
            if reason == nil {
                features.endRow(alert: index)
            } else {
                features.dropUnfinishedRow()
            }
            skips.append(reason)
        }
    }

    /// Appends one alert's values, or says why not.
    private func appendRow(
        of alert: Alert, in detections: Detections, to features: inout FeatureBatch
    ) -> SkipReason? {
        let counts = DetectionCounts(alert, in: detections, convention: preset.observations.convention)
        if let reason = selection.reason(toSkip: alert, counts) { return reason }
        if let reason = builder.fill(&curve, from: alert, in: detections) { return reason }
        if let reason = selection.reason(toSkip: curve) { return reason }
        do throws(SkipReason) {
            try grid?.append(curve, to: &features.inputs)
        } catch {
            return error
        }
        return appendFeatures(of: alert, to: &features)
    }

    /// Appends the tokens, if the preset has any, and the scalars; or says why not.
    private func appendFeatures(of alert: Alert, to features: inout FeatureBatch) -> SkipReason? {
        guard grid == nil || !preset.scalars.isEmpty else { return nil }
        guard let summary = CurveSummary(curve) else { return .tooFewDetections }
        if grid == nil {
            for row in 0..<curve.count {
                for feature in tokens {
                    features.inputs.append(feature.scaled(feature.name.value(at: row, of: curve, summary)))
                }
                guard hasBands else { continue }
                for passband in preset.passbands {
                    features.inputs.append(passband.band == curve.band[row] ? 1 : 0)
                }
            }
        }
        for feature in preset.scalars {
            features.scalars.append(feature.scaled(feature.name.value(of: alert, curve, summary)))
        }
        return nil
    }
}

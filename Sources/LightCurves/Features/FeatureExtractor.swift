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
    // One of the two.
    private var grid: GridInput?
    private let tokens: TokenInput?

    /// Of the curves in `grid`: the alert of each, and its scalars.
    private var waiting: [Int] = []
    private var waitingScalars: [Float] = []

    /// The preset has to be valid (`Preset.validate`); `selection` replaces its own. Only grid presets have an engine.
    public init(preset: Preset, selection: Selection? = nil, gridEngine: GridEngine = .lanes) {
        self.preset = preset
        self.selection = selection ?? preset.selection
        builder = CurveBuilder(passbands: preset.passbands, rules: preset.observations)
        switch preset.input {
        case .grid(let length, let scaling):
            grid = GridInput(passbands: preset.passbands, length: length, scaling: scaling, engine: gridEngine)
            tokens = nil
        case .tokens(let features, let bands):
            grid = nil
            tokens = TokenInput(features: features, passbands: bands ? preset.passbands : [])
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
        grid?.removeAll()
        waiting.removeAll(keepingCapacity: true)
        waitingScalars.removeAll(keepingCapacity: true)
        for index in batch.alerts.indices {
            // Most alerts of a night are skipped, so no error is thrown for that.
            skips.append(read(index, of: batch, into: &features))
        }
        appendGrids(to: &features, &skips)
    }

    /// Appends one alert's tokens and scalars, or leaves its curve for `grid`; or says why neither.
    private func read(_ index: Int, of batch: AlertBatch, into features: inout FeatureBatch) -> SkipReason? {
        let alert = batch.alerts[index]
        let counts = DetectionCounts(alert, in: batch.detections, convention: preset.observations.convention)
        if let reason = selection.reason(toSkip: alert, counts) { return reason }
        if let reason = builder.fill(&curve, from: alert, in: batch.detections) { return reason }
        if let reason = selection.reason(toSkip: curve) { return reason }
        guard let summary = CurveSummary(curve) else { return .tooFewDetections }
        if let tokens {
            tokens.append(curve, summary, to: &features.inputs)
            Self.append(preset.scalars, of: alert, curve, summary, to: &features.scalars)
            features.endRow(alert: index)
        } else {
            grid?.add(curve, summary)
            waiting.append(index)
            Self.append(preset.scalars, of: alert, curve, summary, to: &waitingScalars)
        }
        return nil
    }

    /// Regrids the waiting curves together and appends their rows.
    private func appendGrids(to features: inout FeatureBatch, _ skips: inout [SkipReason?]) {
        guard !waiting.isEmpty else { return }
        grid?.regrid()
        let scalarCount = preset.scalars.count
        for (curve, alert) in waiting.enumerated() {
            if let reason = grid?.appendRow(curve, to: &features.inputs) {
                features.dropUnfinishedRow()
                skips[alert] = reason
            } else {
                for index in curve * scalarCount..<(curve + 1) * scalarCount {
                    features.scalars.append(waitingScalars[index])
                }
                features.endRow(alert: alert)
            }
        }
    }

    // PERF: static, as is the tokens' own function, so that the curve is passed once; read from `self` for each feature it
    // was retained for each, and an alert of 10 tokens and 18 scalars took 12.1 us instead of 4.6.
    private static func append(
        _ scalars: [Feature<ScalarFeature>], of alert: Alert, _ curve: LightCurve, _ summary: CurveSummary,
        to values: inout [Float]
    ) {
        for feature in scalars {
            values.append(feature.scaled(feature.name.value(of: alert, curve, summary)))
        }
    }
}

public import Alerts

/// Turns batches of alerts into network input by a preset.
///
/// One worker owns an extractor and reuses it; its buffers grow to the longest curve seen and then stay. What it makes
/// of an alert depends on that alert alone, whatever else is in the batch and whatever was extracted before.
public final class FeatureExtractor {
    public let preset: Preset
    private let selection: Selection
    private var curve = LightCurve()
    private var regridder: Regridder
    private var sorted: [Double] = []

    /// `selection` replaces the preset's own, to look at alerts that it would skip.
    public init(preset: Preset, selection: Selection? = nil) {
        self.preset = preset
        self.selection = selection ?? preset.selection
        regridder = Regridder(passbands: preset.passbands, length: preset.inputLength)
    }

    /// Fills `features` with one row per selected alert; `skips[i]` is nil for these, else why there is no row.
    ///
    /// Both are cleared first, and `features` takes on the preset's shape.
    public func extract(_ batch: AlertBatch, into features: inout FeatureBatch, skips: inout [SkipReason?]) {
        features.removeAll()
        features.length = preset.inputLength
        features.channels = preset.channels
        skips.removeAll(keepingCapacity: true)
        for index in batch.alerts.indices {
            let reason = appendRow(of: batch.alerts[index], in: batch.detections, to: &features.inputs)
            if reason == nil {
                features.alertIndices.append(index)
            }
            skips.append(reason)
        }
    }

    /// Appends one alert's row, or nothing and says why.
    private func appendRow(of alert: Alert, in detections: Detections, to inputs: inout [Float]) -> SkipReason? {
        // Most alerts of a night end here, so no error is thrown for them.
        if let reason = selection.reason(toSkip: alert, DetectionCounts(alert, in: detections)) { return reason }
        curve.fill(from: alert, in: detections, passbands: preset.passbands)
        do throws(SkipReason) {
            _ = try regridder.regrid(curve)
            try appendScaledMean(to: &inputs)
            return nil
        } catch {
            return error
        }
    }

    /// Scales each channel of the grid by its own median and spread.
    private func appendScaledMean(to inputs: inout [Float]) throws(SkipReason) {
        let channels = preset.channels
        let start = inputs.count
        for _ in regridder.mean {
            inputs.append(0)
        }
        for channel in 0..<channels {
            let scaler = RobustScaler(regridder.mean, column: channel, of: channels, sorted: &sorted)
            for index in stride(from: channel, to: regridder.mean.count, by: channels) {
                let value = Float(scaler.scaled(regridder.mean[index]))
                guard value.isFinite else {
                    inputs.removeLast(inputs.count - start)
                    throw .nonFinite
                }
                inputs[start + index] = value
            }
        }
    }
}

public import Alerts
public import AvroCoding
public import Inference
public import LightCurves
public import ModelFile
public import Telemetry

/// Decodes messages and classifies their alerts a batch at a time: the one path of `apus run` and `apus classify`.
///
/// Owned by one thread, which reuses its buffers from batch to batch.
public final class BatchClassifier {
    public let model: Model
    public let decoder: AlertDecoder
    private let extractor: FeatureExtractor
    public let engineKind: EngineKind
    private let engine: any Engine

    /// The batch's alerts in the order they were decoded.
    public var alerts = AlertBatch()
    /// One row for each alert that was selected.
    public private(set) var features: FeatureBatch
    /// For each alert why it was not selected, nil for one that was.
    public private(set) var skips: [SkipReason?] = []
    /// (features.count, classes), row-major.
    public private(set) var probabilities: [Float] = []
    public private(set) var times = StageTimes()

    /// - Parameters:
    ///   - options: the stream's own choices.
    ///   - schemas: where the schemas of messages are that do not hold their own.
    public init(
        model: Model, options: ClassifierOptions = ClassifierOptions(), schemas: SchemaSource = SchemaSource()
    ) throws(PipelineError) {
        self.model = model
        decoder = AlertDecoder(schemas: schemas)
        let preset: Preset
        var selection: Selection
        do throws(LightCurveError) {
            preset = try Preset(declaration: model.metadata.preset)
            selection = preset.selection
            options.adjust(&selection)
            try selection.validate(passbands: preset.passbands)
        } catch {
            throw .model(reason: "\(error)")
        }
        try Self.check(preset, fits: model.architecture)
        do {
            engineKind = options.engine ?? .best(for: model)
            engine = try engineKind.makeEngine(model)
        } catch {
            throw .model(reason: "\(error)")
        }
        extractor = FeatureExtractor(preset: preset, selection: selection, gridEngine: options.gridEngine)
        features = FeatureBatch(preset: preset)
    }

    /// Refuses a network that takes another input than the preset makes.
    private static func check(_ preset: Preset, fits architecture: Architecture) throws(PipelineError) {
        let most = preset.observations.maximumPoints
        let made = preset.inputLength.map { "\($0)" } ?? most.map { "up to \($0)" } ?? "any number"
        let fits =
            if let length = preset.inputLength {
                length == architecture.length
            } else {
                architecture.isRagged && (most ?? .max) <= architecture.length
            }
        guard fits, preset.channels == architecture.channels else {
            throw .model(
                reason: "preset \(preset.name) makes inputs of \(made) x \(preset.channels), and the network takes "
                    + "\(architecture.isRagged ? "up to " : "")\(architecture.length) x \(architecture.channels)")
        }
        guard preset.scalars.count == architecture.scalars else {
            throw .model(
                reason: "preset \(preset.name) makes \(preset.scalars.count) values an object beside the positions, "
                    + "and the network takes \(architecture.scalars)")
        }
    }

    /// Empties the batch and keeps its memory.
    public func removeAll() {
        alerts.removeAll()
        features.removeAll()
        skips.removeAll(keepingCapacity: true)
        probabilities.removeAll(keepingCapacity: true)
        times = StageTimes()
    }

    /// Appends a message's alerts; on an error the batch is as it was before.
    /// - Returns: how many alerts the message held.
    public func decode(_ message: RawSpan) throws(AvroError) -> Int {
        try decoder.decode(message, into: &alerts)
    }

    public func addDecodeSeconds(_ seconds: Double) {
        times.decode += seconds
    }

    /// Selects, regrids, scales and classifies every alert of the batch; fills `features`, `skips` and `probabilities`.
    public func classify() throws(PipelineError) {
        let start = MonotonicClock.nanoseconds
        extractor.extract(alerts, into: &features, skips: &skips)
        times.features += MonotonicClock.seconds(since: start)
        let middle = MonotonicClock.nanoseconds
        do {
            let (inputs, scalars) = (features.inputs, features.scalars)
            try engine.classify(
                inputs.span, .ragged(starts: features.rowStarts), scalars: scalars.span, into: &probabilities)
        } catch {
            throw .inference(reason: "\(error)")
        }
        times.inference += MonotonicClock.seconds(since: middle)
    }
}

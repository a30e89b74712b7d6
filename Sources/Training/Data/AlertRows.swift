import Alerts
import AvroCoding
import Foundation
import Inference
public import LightCurves

/// A network's input from alert files, by a preset, whatever the age of the objects.
public struct AlertRows: Sendable {
    /// The rows; `alertIndices` of a row is its place in `candids`.
    public private(set) var features: FeatureBatch
    /// The candid of each row's alert.
    public private(set) var candids: [Int64] = []
    /// Alerts read, whether or not they make a row.
    public private(set) var alertCount = 0

    /// - Parameters:
    ///   - paths: Avro files of alerts, or folders of them.
    ///   - limit: reading stops after the block that brings so many rows.
    public init(preset: Preset, paths: [String], limit: Int = .max) throws(TrainingError) {
        var selection = preset.selection
        selection.maximumAgeDays = nil
        let extractor = FeatureExtractor(preset: preset, selection: selection)
        let decoder = AlertDecoder()
        var batch = AlertBatch()
        var block = FeatureBatch(preset: preset)
        var skips: [SkipReason?] = []
        features = block
        for path in paths.flatMap(Self.files) {
            do {
                let file = try AlertFile(path: path)
                while features.count < limit {
                    batch.removeAll()
                    guard try file.readBlock(using: decoder, into: &batch) != nil else { break }
                    extractor.extract(batch, into: &block, skips: &skips)
                    append(block, of: batch)
                }
            } catch {
                throw .data(path: path, reason: "\(error)")
            }
        }
    }

    private mutating func append(_ block: FeatureBatch, of batch: AlertBatch) {
        let position = features.rowStarts[features.count]
        features.inputs += block.inputs
        features.rowStarts += block.rowStarts.dropFirst().map { $0 + position }
        features.scalars += block.scalars
        for index in block.alertIndices {
            features.alertIndices.append(candids.count)
            candids.append(batch.alerts[index].candid)
        }
        alertCount += batch.alerts.count
    }

    private static func files(_ path: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        guard !names.isEmpty else { return [path] }
        return names.filter { $0.hasSuffix(".avro") }.sorted().map { "\(path)/\($0)" }
    }

    /// The rows for an engine.
    public func calibrationRows(ragged: Bool) -> CalibrationRows {
        CalibrationRows(
            inputs: features.inputs, rows: ragged ? .ragged(starts: features.rowStarts) : .equal(count: features.count),
            scalars: features.scalars)
    }

    /// The rows for a trainer, as examples without a label.
    public func examples(classes: Int) -> ExampleSet {
        var set = ExampleSet(channels: features.channels, scalarCount: features.scalarCount, classes: classes)
        set.inputs = features.inputs
        set.rowStarts = features.rowStarts
        set.scalars = features.scalars
        set.targets = Array(repeating: 0, count: features.count * classes)
        set.weights = Array(repeating: 1, count: features.count)
        return set
    }
}

import Alerts
import AvroCoding
import Foundation
import Inference
import LightCurves
import ModelFile
import Training

/// A model's input from alert files, by its preset, whatever the age of the objects.
struct AlertRows {
    private let extractor: FeatureExtractor
    private let preset: Preset
    private let files: [String]
    private let limit: Int

    init(_ model: Model, _ paths: [String], limit: Int) throws {
        preset = try Preset(declaration: model.metadata.preset)
        var selection = preset.selection
        selection.maximumAgeDays = nil
        extractor = FeatureExtractor(preset: preset, selection: selection)
        files = paths.flatMap(Self.files)
        self.limit = limit
    }

    private static func files(_ path: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        guard !names.isEmpty else { return [path] }
        return names.filter { $0.hasSuffix(".avro") }.sorted().map { "\(path)/\($0)" }
    }

    func read() throws -> CalibrationRows {
        let decoder = AlertDecoder()
        var batch = AlertBatch()
        var features = FeatureBatch(preset: preset)
        var skips: [SkipReason?] = []
        var inputs: [Float] = []
        var starts = [0]
        var scalars: [Float] = []
        for path in files {
            let file = try AlertFile(path: path)
            while starts.count <= limit {
                batch.removeAll()
                guard try file.readBlock(using: decoder, into: &batch) != nil else { break }
                extractor.extract(batch, into: &features, skips: &skips)
                let first = inputs.count / features.channels
                inputs += features.inputs
                starts += features.rowStarts.dropFirst().map { first + $0 }
                scalars += features.scalars
            }
        }
        return CalibrationRows(inputs: inputs, rows: .ragged(starts: starts), scalars: scalars)
    }
}

import Bench
import Foundation
import Inference
import ModelFile
import TestSupport
import Testing
import Training

@Suite struct InferBenchTests {
    static let shape = Architecture(
        kind: .tokenTransformer, length: 9, channels: 3, embed: 20, heads: 3, headDim: 5, ff: 30, layers: 2, classes: 4,
        position: .none, pooling: .meanAndMaximum, head: [6], scalars: 2)

    static var configuration: InferBench.Configuration {
        var configuration = InferBench.Configuration()
        configuration.repetitions = 2
        configuration.secondsPerRepetition = 1e-4
        configuration.batches = [1, 7]
        configuration.threads = [1, 2]
        configuration.positions = 5
        return configuration
    }

    @Test func `every engine is measured at every batch size and thread count`() throws {
        let float = try RandomModel.model(Self.shape, seed: 61)
        let data = CalibrationRows(
            inputs: (0..<(9 * 3)).map(Float.init), rows: .ragged(starts: [0, 9]), scalars: [1, 2])
        let quantiser = try Quantiser(model: float, data: data)
        let report = try InferBench(model: quantiser.model(narrow: Set(quantiser.layers)), Self.configuration).run()
        #expect(report.positionsPerRow == 5)
        #expect(report.lines.count == 3 * 2 * 2)
        #expect(Set(report.lines.map(\.engine)) == ["int8", "float fast", "float reference"])
        for line in report.lines {
            #expect(line.bestMicroseconds > 0 && line.medianMicroseconds >= line.bestMicroseconds)
        }
        #expect(report.kernels.count >= 5)
        for kernel in report.kernels { #expect(kernel.bestMicroseconds > 0 && kernel.fractionOfPeak > 0) }
        #expect(report.skipped.isEmpty)
    }

    @Test func `a model without activation ranges is measured in float only, and the report says so`() throws {
        var configuration = Self.configuration
        configuration.measuresReference = false
        let report = try InferBench(model: RandomModel.model(Self.shape, seed: 62), configuration).run()
        #expect(Set(report.lines.map(\.engine)) == ["float fast"])
        #expect(report.skipped.count == 1)
    }

    /// Whether Python has a package; APUS_PYTHON says which Python.
    static func has(_ package: String) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [ProcessInfo.processInfo.environment["APUS_PYTHON"] ?? "python3", "-c", "import \(package)"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private func file(_ shape: Architecture, _ storage: RandomModel.Storage, seed: UInt64) throws -> String {
        let path = NSTemporaryDirectory() + "peers-\(UUID().uuidString).apus"
        try ModelWriter.write(
            RandomModel.metadata(shape, storage), RandomModel.tensors(shape, storage, seed: seed), to: path)
        return path
    }

    @Test(
        .enabled(if: has("onnx, onnxruntime, numpy"), "needs Python with onnx and onnxruntime"),
        arguments: [
            (shape, RandomModel.Storage.float),
            (
                Architecture(
                    kind: .gridTransformer, length: 11, channels: 2, embed: 9, heads: 3, headDim: 4, ff: 14, layers: 2,
                    classes: 5, position: .sinusoid, pooling: .mean), .int8(.perChannel)
            ),
        ])
    func `ONNX Runtime agrees on the graph made of the model file`(
        _ shape: Architecture, _ storage: RandomModel.Storage
    ) throws {
        let path = try file(shape, storage, seed: 63)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var configuration = Self.configuration
        configuration.threads = [1]
        configuration.measuresReference = false
        configuration.peers = InferPeers(model: path)
        configuration.peers?.batches = [1, 7]
        let report = try InferBench(model: Model(contentsOf: path), configuration).run()
        #expect(report.peers.count == 3 * 2)
        for peer in report.peers {
            #expect(peer.bestMicroseconds > 0 && peer.ratioToFloatFast ?? 0 > 0 && peer.ratioToInt8 == nil)
            #expect(peer.isQuantised || (peer.sameClass == 1 && peer.meanTotalVariation < 1e-4))
        }
        #expect(report.skipped.count == 1, "\(report.skipped)")
        // Another model's probabilities are a disagreement.
        let other = try RandomModel.model(shape, storage, seed: 64)
        #expect(throws: BenchError.self) { try InferBench(model: other, configuration).run() }
    }

    @Test(
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)),
        .enabled(if: has("ai_edge_litert, numpy"), "needs Python with ai-edge-litert"))
    func `LiteRT agrees on the published float file, resized to the batch`() throws {
        let tflite = ["tinho_28341_float.tflite", "fink_t2_quantized.tflite"].map { "models/\($0)" }
        let paths = try tflite.map { try SharedData.path($0) }
        let model = try ModelImporter.importModel(path: paths[0], date: "2026-11-24").model()
        let inputs = try InferData(
            model.architecture, safetensors: SharedData.path("golden/pipeline.safetensors"), tensor: "model_input")
        var configuration = Self.configuration
        configuration.batches = [1]
        configuration.threads = [1]
        configuration.measuresReference = false
        configuration.peers = InferPeers(model: "none", tflite: paths)
        let report = try InferBench(model: model, data: inputs, configuration).run()
        #expect(report.peers.map(\.batch) == [1, 64, 1, 64])
        #expect(report.peers.map(\.isQuantised) == [false, false, true, true])
        #expect(report.peers.allSatisfy { $0.sameClass > 0.9 })
    }
}

import ArgumentParser
import Bench
import Foundation
import ModelFile

struct BenchInferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infer",
        abstract: "Measures the engines on a model: microseconds a row by batch size, instruction set and threads.",
        discussion: """
            Engines take turns. The int8 engine is measured if the model holds activation ranges. Kernels are also timed alone, with the \
            fraction of the dot products' peak in registers. ONNX Runtime runs the same network if the Python that APUS_PYTHON names, or \
            else python3, has it (packages numpy, onnx, onnxruntime), and LiteRT (ai-edge-litert) runs the files of --tflite; give the \
            machine nothing else to do.
            """)

    @Option(help: "How often each engine is measured, after one round of warming up.")
    var repetitions = 9

    @Option(help: "Least time of one repetition, seconds.")
    var seconds = 0.05

    @Option(parsing: .upToNextOption, help: "Batch sizes.")
    var batch = [1, 4, 16, 64, 256, 1024]

    @Option(parsing: .upToNextOption, help: "Numbers of threads.")
    var threads = [1]

    @Option(help: "Positions of a token network's rows.")
    var positions = 17

    @Option(help: "Take rows from the tensor `model_input` of this safetensors file instead of made-up ones.")
    var inputs: String?

    @Flag(inversion: .prefixedNo, help: "Measure the float reference too.")
    var reference = true

    @Flag(inversion: .prefixedNo, help: "Measure ONNX Runtime and LiteRT too, if Python has them.")
    var peers = true

    @Option(parsing: .upToNextOption, help: "Files of the same network for LiteRT, float or int8.")
    var tflite: [String] = []

    @Option(help: "Write all numbers to this file as JSON.")
    var json: String?

    @Argument(help: "The .apus file.")
    var model: String

    func validate() throws {
        guard repetitions > 0 else { throw ValidationError("--repetitions must be 1 or more.") }
        guard seconds > 0, seconds.isFinite else { throw ValidationError("--seconds must be more than 0.") }
        guard !batch.isEmpty, batch.allSatisfy({ $0 > 0 }) else { throw ValidationError("--batch must be 1 or more.") }
        guard !threads.isEmpty, threads.allSatisfy({ $0 > 0 }) else { throw ValidationError("--threads must be 1 or more.") }
    }

    func run() throws {
        let path = model
        let model = try Model(contentsOf: path)
        var configuration = InferBench.Configuration()
        configuration.repetitions = repetitions
        configuration.secondsPerRepetition = seconds
        configuration.batches = batch
        configuration.threads = threads
        configuration.positions = positions
        configuration.measuresReference = reference
        configuration.peers = peers ? InferPeers(model: path, tflite: tflite) : nil
        let data = try inputs.map { try InferData(model.architecture, safetensors: $0, tensor: "model_input") }
        let report = try InferBench(model: model, data: data, configuration).run()
        for line in report.table { print(line) }
        guard let json else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(report).write(to: URL(fileURLWithPath: json))
    }
}

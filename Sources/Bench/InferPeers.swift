import Foundation
import Inference
import ModelFile

/// The same network in ONNX Runtime and LiteRT, in a Python process: one thread, the same rows.
///
/// ONNX Runtime gets a graph made of the model file, in fp32 and in int8 quantised both ways that it has; LiteRT gets .tflite
/// files, for nothing small makes them.
public struct InferPeers: Sendable {
    /// The .apus file.
    public var model: String
    /// .tflite files of a grid network of the same shape.
    public var tflite: [String]
    public var batches = [1, 64]

    public init(model: String, tflite: [String] = []) {
        self.model = model
        self.tflite = tflite
    }

    /// The largest difference of a probability that a float engine may have from the float reference.
    static let tolerance: Float = 1e-4

    private struct Job: Codable {
        var model: String
        var tflite: [String]
        var shape: Architecture
        var temperature: Double
        var positions: Int
        var inputs: [Float]
        var scalars: [Float]
        var batches: [Int]
        var repetitions: Int
        var seconds: Double
    }

    private struct Outcome: Codable {
        struct Line: Codable {
            var name: String
            var quantised: Bool
            /// Of `tflite`.
            var file: Int?
            var batch: Int
            /// A row, in each repetition.
            var microseconds: [Double]
            /// (batch, K).
            var probabilities: [Float]
        }

        var lines: [Line]
        var skipped: [String]
    }

    /// Measures what Python has, adds it to the report, and what is missing to what was left out.
    ///
    /// - Throws: `BenchError.disagreement` if an fp32 engine computes something else than the float reference does.
    func measure(_ model: Model, _ data: InferData, into report: inout InferReport) throws {
        guard (try? Python.run("import numpy", input: Data()))?.status == 0 else {
            report.skipped.append("ONNX Runtime and LiteRT: left out, there is no Python with numpy; see APUS_PYTHON")
            return
        }
        let shape = model.architecture
        let rows = data.batch(batches.max() ?? 1)
        let job = Job(
            model: self.model, tflite: tflite, shape: shape, temperature: model.metadata.calibration.temperature,
            positions: Int(data.positionsPerRow), inputs: rows.inputs, scalars: rows.scalars, batches: batches,
            repetitions: report.repetitions, seconds: report.secondsPerRepetition)
        let script = Self.inputScript + Self.graphScript + Self.measurementScript
        let (status, output) = try Python.run(script, input: JSONEncoder().encode(job))
        guard status == 0 else {
            throw BenchError.peerFailed(peer: "ONNX Runtime or LiteRT", reason: "python3 ended with \(status)")
        }
        let outcome = try JSONDecoder().decode(Outcome.self, from: output)
        report.skipped += outcome.skipped
        let expected = try Self.reference(model, rows)
        // A .tflite file may hold other weights, such as rounded ones.
        let ofFiles = try outcome.lines.contains { $0.file != nil } ? tflite.map { try Self.reference($0, rows) } : []
        for line in outcome.lines {
            let reference = line.file.map { ofFiles[$0] } ?? expected
            report.peers.append(try Self.judged(line, reference.prefix(line.batch * shape.classes), shape.classes))
        }
    }

    private typealias Rows = (inputs: [Float], rows: BatchRows, scalars: [Float])

    private static func reference(_ model: Model, _ rows: Rows) throws -> [Float] {
        var probabilities: [Float] = []
        try FloatReferenceEngine(model: model).classify(
            rows.inputs.span, rows.rows, scalars: rows.scalars.span, into: &probabilities)
        return probabilities
    }

    private static func reference(_ path: String, _ rows: Rows) throws -> [Float] {
        // The date goes into a file that is not written.
        try reference(ModelImporter.importModel(path: path, date: "1970-01-01").model(), rows)
    }

    private static func judged(
        _ line: Outcome.Line, _ expected: ArraySlice<Float>, _ classes: Int
    ) throws -> InferReport.Peer {
        let found = line.probabilities
        guard found.count == expected.count, found.allSatisfy(\.isFinite) else {
            throw BenchError.disagreement(peer: line.name, reason: "\(found.count) probabilities for \(expected.count)")
        }
        let differences = zip(found, expected).map { abs($0 - $1) }
        let largest = differences.max() ?? 0
        guard line.quantised || largest <= tolerance else {
            throw BenchError.disagreement(peer: line.name, reason: "a probability differs by \(largest)")
        }
        func best(_ values: ArraySlice<Float>, _ row: Int) -> Int? {
            let start = values.startIndex + row * classes
            return (0..<classes).max { values[start + $0] < values[start + $1] }
        }
        let same = (0..<line.batch).filter { best(found[...], $0) == best(expected, $0) }.count
        return InferReport.Peer(
            name: line.name, isQuantised: line.quantised, batch: line.batch,
            bestMicroseconds: line.microseconds.min() ?? .nan, medianMicroseconds: line.microseconds.median,
            sameClass: Double(same) / Double(line.batch),
            meanTotalVariation: Double(differences.reduce(0, +)) / 2 / Double(line.batch))
    }
}

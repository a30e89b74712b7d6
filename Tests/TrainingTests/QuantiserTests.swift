import Inference
import ModelFile
import TestSupport
import Testing
import Training

/// The published network, quantised on the golden inputs and judged by them.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
struct QuantiserTests {
    @Test func theIntegerPublishedNetworkIsCloseToTheFloatOne() throws {
        let path = try SharedData.path("models/tinho_28341.safetensors")
        let model = try ModelImporter.importModel(path: path, date: "2026-11-24").model()
        let inputs = try SharedData.golden("pipeline").values("model_input", as: Float.self)
        let data = CalibrationRows(inputs: inputs, rows: .equal(count: 300))
        let (_, _, report) = try Quantiser(model: model, data: data).quantise()
        #expect(report.agreement >= 0.985)
        #expect(report.loss <= 0.015)
    }
}

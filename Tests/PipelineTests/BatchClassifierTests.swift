import Alerts
import Inference
import LightCurves
import ModelFile
import Pipeline
import TestSupport
import Testing

/// Which models can be served: that the preset can be made and that the network takes what it makes.
@Suite struct BatchClassifierTests {
    private func model(_ preset: String, length: Int = 100, channels: Int = 2) throws -> Model {
        let shape = Architecture(length: length, channels: channels, embed: 4, heads: 2, headDim: 2, ff: 4, layers: 1, classes: 2)
        var metadata = RandomModel.metadata(shape)
        metadata.preset = preset
        return try Model(try ModelWriter.encode(metadata, RandomModel.tensors(shape, seed: 1)), name: "test")
    }

    private func refusal(_ preset: String, length: Int = 100, channels: Int = 2) throws -> String {
        let model = try model(preset, length: length, channels: channels)
        do {
            _ = try BatchClassifier(model: model)
            return "served"
        } catch {
            return error.description
        }
    }

    @Test func gridsThatFitTheNetworkAreServed() throws {
        #expect(try refusal("fink-t2") == "served")
        #expect(try refusal("grid-1", channels: 3) == "served")
        var preset = Preset.grid1
        preset.name = "six bands"
        preset.passbands = Passband.ugrizy
        preset.input = .grid(length: 40, scaling: .perObject(logScale: .init(center: 3)))
        #expect(try refusal(try preset.json(), length: 40, channels: 7) == "served")
    }

    @Test func whatDoesNotFitIsRefusedInWords() throws {
        #expect(try refusal("grid-1").contains("inputs of 100 x 3, and the network takes 100 x 2"))
        #expect(try refusal("fink-t2", length: 99).contains("inputs of 100 x 2, and the network takes 99 x 2"))
        #expect(try refusal("observations-1", channels: 15).contains("as many positions as observations x 15"))
        #expect(try refusal("fink").contains("there is no preset \"fink\""))
        var preset = Preset.grid1
        preset.name = "grid and scalars"
        preset.scalars = [Feature(.logPoints)]
        #expect(try refusal(try preset.json(), channels: 3).contains("1 values an object beside the grid"))
        preset.scalars = []
        let wrong = try preset.json().replacing("\"windowDays\":100", with: "\"windowDays\":-1")
        #expect(try refusal(wrong, channels: 3).contains("observations.windowDays: it is positive"))
    }

    @Test func aStreamsCutsReplaceThePresets() throws {
        let model = try model("fink-t2")
        _ = try BatchClassifier(model: model, options: ClassifierOptions { $0.minimumRealBogus = 0.5 })
        #expect(throws: PipelineError.self) {
            try BatchClassifier(model: model, options: ClassifierOptions { $0.requiredBands = [.y] })
        }
    }
}

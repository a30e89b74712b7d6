import Alerts
import Inference
import LightCurves
import ModelFile
import Pipeline
import TestSupport
import Testing
import Workload

/// Which models can be served: that the preset can be made and that the network takes what it makes.
@Suite struct BatchClassifierTests {
    private func model(_ preset: String, length: Int = 100, channels: Int = 2) throws -> Model {
        try model(
            preset,
            Architecture(length: length, channels: channels, embed: 4, heads: 2, headDim: 2, ff: 4, layers: 1, classes: 2))
    }

    private func model(_ preset: String, _ shape: Architecture) throws -> Model {
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

    /// A network of observation tokens gives each alert the same answer whatever else is in the batch, with every engine.
    @Test(arguments: [EngineKind.float, .reference]) func tokensAreServed(engine: EngineKind) throws {
        let preset = Preset.observations1
        let shape = Architecture(
            kind: .tokenTransformer, length: 64, channels: preset.channels, embed: 8, heads: 2, headDim: 4, ff: 12, layers: 1,
            classes: 3, position: .none, pooling: .meanAndMaximum, head: [6], scalars: preset.scalars.count)
        let classifier = try BatchClassifier(
            model: try model("observations-1", shape), options: ClassifierOptions(engine: engine))
        var simulator = try Simulator(configuration: SimulatorConfiguration(seed: 3, alertCount: 60))
        var alerts = AlertBatch()
        while simulator.next(into: &alerts) != nil {}
        classifier.alerts = alerts
        try classifier.classify()
        let together = classifier.probabilities
        #expect(classifier.features.count > 20 && together.count == 3 * classifier.features.count)
        for (row, index) in classifier.features.alertIndices.enumerated() where row % 5 == 0 {
            var single = AlertBatch()
            var alert = alerts.alerts[index]
            for place in alert.observations { single.detections.append(alerts.detections[place]) }
            alert.observations = 0..<single.detections.count
            single.alerts = [alert]
            let alone = try BatchClassifier(
                model: classifier.model, options: ClassifierOptions(engine: engine))
            alone.alerts = single
            try alone.classify()
            #expect(alone.probabilities == Array(together[3 * row..<3 * row + 3]))
        }
    }

    @Test func anEngineThatTheFileIsNotMadeForIsRefused() throws {
        let model = try model("fink-t2")
        #expect(try BatchClassifier(model: model).engineKind == .float)
        let error = #expect(throws: PipelineError.self) {
            try BatchClassifier(model: model, options: ClassifierOptions(engine: .int8))
        }
        #expect(error.map { "\($0)" }?.contains("ranges") == true)
    }

    @Test func whatDoesNotFitIsRefusedInWords() throws {
        #expect(try refusal("grid-1").contains("inputs of 100 x 3, and the network takes 100 x 2"))
        #expect(try refusal("fink-t2", length: 99).contains("inputs of 100 x 2, and the network takes 99 x 2"))
        #expect(try refusal("observations-1", channels: 15).contains("inputs of up to 64 x 15, and the network takes 100 x 15"))
        #expect(try refusal("fink").contains("there is no preset \"fink\""))
        var preset = Preset.grid1
        preset.name = "grid and scalars"
        preset.scalars = [Feature(.logPoints)]
        #expect(try refusal(try preset.json(), channels: 3).contains("1 values an object beside the positions"))
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

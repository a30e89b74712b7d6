import Foundation
import ModelFile
import TestSupport
import Testing

/// The published files, and files that look like them.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
struct ModelImporterTests {
    static let date = "2026-11-24"

    static func contents(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: SharedData.path("models/\(name)")))
    }

    /// Every weight's bits by name, so that equality is that of bits.
    static func bits(_ tensors: [ModelTensor]) -> [String: [UInt32]] {
        var bits: [String: [UInt32]] = [:]
        for tensor in tensors {
            switch tensor.values {
            case .float32(let values): bits[tensor.name] = values.map(\.bitPattern)
            case .int8(let values): bits[tensor.name] = values.map { UInt32(UInt8(bitPattern: $0)) }
            }
        }
        return bits
    }

    /// `contents` with the only place that holds `pattern` changed.
    static func patched(_ contents: Data, _ pattern: Data, with other: Data, occurrence: Int = 0) throws -> Data {
        var contents = contents
        var range = try #require(contents.range(of: pattern))
        for _ in 0..<occurrence {
            range = try #require(contents.range(of: pattern, in: range.upperBound..<contents.count))
        }
        contents.replaceSubrange(range, with: other)
        return contents
    }

    static func littleEndian(_ values: [Int32]) -> Data { values.withUnsafeBytes { Data($0) } }
    static func littleEndian(_ value: Float) -> Data { withUnsafeBytes(of: value) { Data($0) } }

    static func failure(_ contents: Data, path: String = "test.tflite", configurationPath: String? = nil)
        -> ModelFileError?
    {
        (Result { () throws(ModelFileError) in
            try ModelImporter.importModel(contents, path: path, configurationPath: configurationPath, date: date)
        }).failure
    }

    @Test func theFloatTFLiteHoldsTheSafetensorsBitByBit() throws {
        let lite = try ModelImporter.importModel(
            path: SharedData.path("models/tinho_28341_float.tflite"), date: Self.date)
        let plain = try ModelImporter.importModel(
            path: SharedData.path("models/tinho_28341.safetensors"), date: Self.date)
        #expect(lite.metadata.architecture == .t2)
        #expect(plain.metadata.architecture == .t2)
        #expect(lite.metadata.classes == plain.metadata.classes)
        #expect(lite.metadata.quantisation == nil)
        #expect(Self.bits(lite.tensors) == Self.bits(plain.tensors))
        #expect(lite.metadata.name == "tinho_28341_float")
        #expect(plain.metadata.name.hasPrefix("tinho GR-noZ-28341"))
    }

    @Test func theInt8TFLiteHoldsTheQuantisedSafetensorsExactly() throws {
        let lite = try ModelImporter.importModel(
            path: SharedData.path("models/fink_t2_quantized.tflite"), date: Self.date)
        let plain = try ModelImporter.importModel(
            path: SharedData.path("models/tinho_28341_quant.safetensors"),
            configurationPath: SharedData.path("models/tinho_28341.json"), date: Self.date)
        #expect(lite.metadata.architecture == plain.metadata.architecture)
        #expect(lite.metadata.quantisation == Quantisation(granularity: .perTensor))
        #expect(plain.metadata.quantisation == lite.metadata.quantisation)
        #expect(Self.bits(lite.tensors) == Self.bits(plain.tensors))
        let model = try lite.model()
        #expect(model.tensors.filter { $0.type == .int8 }.count == 6)
        #expect(model.architecture.parameterCount == 13_262)
    }

    @Test func recordsWhereTheModelComesFrom() throws {
        let path = try SharedData.path("models/fink_t2_quantized.tflite")
        let imported = try ModelImporter.importModel(
            path: path, name: "deployed", preset: "other", classes: (0..<14).map { "c\($0)" }, date: Self.date)
        #expect(imported.metadata.name == "deployed")
        #expect(imported.metadata.preset == "other")
        #expect(imported.metadata.classes[13] == "c13")
        #expect(imported.metadata.provenance.source == "fink_t2_quantized.tflite")
        #expect(imported.metadata.provenance.date == Self.date)
        let digest = try ModelFileSurgery.sha256sum(Self.contents("fink_t2_quantized.tflite"))
        #expect(imported.metadata.provenance.sourceSha256 == digest)
        #expect(imported.metadata.provenance.importer == "apus tflite importer 1")
    }

    @Test func refusesGraphsThatComputeSomethingElse() throws {
        let float = try Self.contents("tinho_28341_float.tflite")
        func expectUnsupported(_ contents: Data, _ words: String) {
            guard case .unsupportedNetwork(_, let reason) = Self.failure(contents) else {
                Issue.record("\(words): \(String(describing: Self.failure(contents)))")
                return
            }
            #expect(reason.contains(words))
        }
        let scale = Self.littleEndian(Float(0.5).squareRoot())
        expectUnsupported(try Self.patched(float, scale, with: Self.littleEndian(Float(0.5))), "attention scale")
        let order = Self.littleEndian([0, 2, 1, 3])
        expectUnsupported(try Self.patched(float, order, with: Self.littleEndian([0, 1, 2, 3])), "transposed")
        var code = try #require(float.range(of: SinusoidCode.values(length: 1, embed: 32).withUnsafeBytes { Data($0) }))
        code = code.lowerBound..<(code.lowerBound + 4)
        var moved = float
        moved.replaceSubrange(code, with: Self.littleEndian(Float(0.001)))
        expectUnsupported(moved, "sinusoid")
    }

    @Test func refusesFilesOfNoKnownKind() throws {
        for contents in [Data(), Data("hello".utf8), Data(repeating: 7, count: 100)] {
            guard case .damaged = Self.failure(contents) else { Issue.record("imported \(contents)"); continue }
        }
        let file = try ModelWriter.encode(RandomModel.metadata(.t2), RandomModel.tensors(.t2, seed: 1))
        guard case .unsupportedNetwork = Self.failure(file) else { Issue.record("imported its own format"); return }
    }

    @Test func refusesTheWrongNumberOfClasses() throws {
        let path = try SharedData.path("models/tinho_28341_float.tflite")
        let failure =
            (Result { () throws(ModelFileError) in
                try ModelImporter.importModel(path: path, classes: ["SNIa"], date: Self.date)
            }).failure
        #expect(ModelTests.field(of: failure) == "classes")
    }

    @Test func namesAConfigurationThatIsMissingOrIncomplete() throws {
        let contents = try Self.contents("tinho_28341_quant.safetensors")
        guard case .unreadable("/no/such.json", _) = Self.failure(contents, path: "/no/such.safetensors") else {
            Issue.record("no error for a missing configuration")
            return
        }
        try ModelFileSurgery.withTemporaryPath { path in
            let text = String(decoding: try Self.contents("tinho_28341.json"), as: UTF8.self)
            for (word, field) in [("head_dim", "headDim"), ("num_layers", "numLayers")] {
                try text.replacingOccurrences(of: "\"\(word)\"", with: "\"other\"")
                    .write(toFile: path, atomically: true, encoding: .utf8)
                #expect(ModelTests.field(of: Self.failure(contents, configurationPath: path)) == field)
            }
            try text.replacingOccurrences(of: "\"num_layers\": 1", with: "\"num_layers\": 2")
                .write(toFile: path, atomically: true, encoding: .utf8)
            #expect(
                Self.failure(contents, configurationPath: path) == .missingTensor(name: "layers.0.attn.query.kernel"))
        }
    }
}

/// Networks of other shapes as safetensors, made here.
@Suite struct SafetensorsImportTests {
    // Every tensor is a multiple of 64 bytes, so that a model file of this shape holds no padding.
    static let shape = Architecture(
        length: 5, channels: 16, embed: 16, heads: 2, headDim: 16, ff: 48, layers: 2, classes: 16,
        layerNormEpsilon: 1e-3)
    static let configuration = """
        {"input_shape": [5, 16], "embed_dim": 16, "num_heads": 2, "head_dim": 16, "ff_dim": 48, "num_layers": 2,
         "num_classes": 16, "layernorm_eps": 0.001,
         "classes": [\((0..<16).map { "\"c\($0)\"" }.joined(separator: ","))],
         "name": "two blocks"}
        """

    /// The tensors of a random model as a safetensors file that does not claim to be a model file.
    static func source(_ tensors: [ModelTensor]) throws -> Data {
        let file = try ModelWriter.encode(RandomModel.metadata(shape), tensors)
        return try ModelFileSurgery.replacing(#""format":"apus-model""#, with: #""format":"pt""#, in: file)
    }

    static func withConfiguration<Result>(_ body: (String) throws -> Result) throws -> Result {
        try ModelFileSurgery.withTemporaryPath { path in
            try configuration.write(toFile: path, atomically: true, encoding: .utf8)
            return try body(path)
        }
    }

    @Test func importsSeveralBlocks() throws {
        let tensors = RandomModel.tensors(Self.shape, seed: 41)
        let imported = try Self.withConfiguration { configurationPath in
            try ModelImporter.importModel(
                Self.source(tensors), path: "two.safetensors", configurationPath: configurationPath, date: "today")
        }
        #expect(imported.metadata.architecture == Self.shape)
        #expect(imported.metadata.name == "two blocks")
        #expect(imported.metadata.classes.last == "c15")
        #expect(imported.metadata.provenance.importer == "apus safetensors importer 1")
        #expect(ModelImporterTests.bits(imported.tensors) == ModelImporterTests.bits(tensors))
        #expect(try imported.model().architecture.layers == 2)
    }

    @Test func refusesTensorsWithoutAPlaceInTheNetwork() throws {
        let source = try Self.source(RandomModel.tensors(Self.shape, seed: 42))
        let renamed = try ModelFileSurgery.replacing("layers.1.ln1.beta", with: "layers.1.ln1.zeta", in: source)
        try Self.withConfiguration { path in
            let failure = ModelImporterTests.failure(renamed, configurationPath: path)
            #expect(failure == .missingTensor(name: "layers.1.ln1.beta"))
        }
        let single = Self.configuration.replacingOccurrences(of: "\"num_layers\": 2", with: "\"num_layers\": 1")
        try ModelFileSurgery.withTemporaryPath { path in
            try single.write(toFile: path, atomically: true, encoding: .utf8)
            #expect(
                ModelImporterTests.failure(source, configurationPath: path)
                    == .unexpectedTensor(name: "layers.1.attn.key.bias"))
        }
    }
}

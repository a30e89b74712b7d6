import Foundation
import ModelFile
import TestSupport
import Testing

@Suite struct ModelTests {
    static let shape = ModelFileSurgery.shape

    static func file(_ storage: RandomModel.Storage = .float) throws -> Data {
        try ModelWriter.encode(RandomModel.metadata(shape, storage), RandomModel.tensors(shape, storage, seed: 1))
    }

    /// The error of loading a file; an issue when there is none.
    static func error(loading file: Data) -> ModelFileError? {
        do {
            _ = try Model(file, name: "test")
            return nil
        } catch {
            return error
        }
    }

    static func field(of error: ModelFileError?) -> String? {
        if case .invalidField(_, let field, _) = error { field } else { nil }
    }

    @Test func loadsWhatWasWritten() throws {
        var metadata = RandomModel.metadata(Self.shape)
        metadata.name = "a \"name\" with \\ / \n\u{1}\t Größe 🐦"
        metadata.classes = ["a\"b", "ü", "𝛼"]
        metadata.calibration.temperature = 1.25
        let tensors = RandomModel.tensors(Self.shape, seed: 2)
        try ModelFileSurgery.withTemporaryPath { path in
            try ModelWriter.write(metadata, tensors, to: path)
            let model = try Model(contentsOf: path)
            #expect(model.metadata == metadata)
            #expect(model.tensors.map(\.name) == Self.shape.tensors.map(\.name))
            for tensor in tensors {
                let values = try model.values(tensor.name, as: Float.self)
                #expect(ModelTensor(tensor.name, shape: tensor.shape, .float32(values)) == tensor)
                #expect(try model.floats(tensor.name) == values)
            }
        }
    }

    @Test(arguments: [Quantisation.Granularity.perTensor, .perChannel])
    func loadsInt8KernelsAndTheirScales(granularity: Quantisation.Granularity) throws {
        let storage = RandomModel.Storage.int8(granularity)
        let model = try RandomModel.model(Self.shape, storage, seed: 3)
        #expect(model.metadata.quantisation == Quantisation(granularity: granularity))
        let weights = try model.values("layers.0.ffn.0.kernel", as: Int8.self)
        let scale = try model.values("layers.0.ffn.0.kernel.scale", as: Float.self)
        let floats = try model.floats("layers.0.ffn.0.kernel")
        for input in 0..<4 {
            for output in 0..<6 {
                let expected = Float(weights[input * 6 + output]) * (scale.count == 1 ? scale[0] : scale[output])
                #expect(floats[input * 6 + output] == expected)
            }
        }
    }

    @Test func everyTensorOfAMappedFileIsAlignedAndReadInPlace() throws {
        try ModelFileSurgery.withTemporaryPath { path in
            try ModelWriter.write(
                RandomModel.metadata(Self.shape), RandomModel.tensors(Self.shape, seed: 4), to: path)
            let model = try Model(contentsOf: path)
            for tensor in model.tensors {
                let copy = try model.values(tensor.name, as: Float.self)
                let (address, values) = try model.withValues(tensor.name, as: Float.self) {
                    (Int(bitPattern: $0.baseAddress), Array($0))
                }
                #expect(address % 64 == 0)
                #expect(values == copy)
            }
        }
    }

    @Test func aLoadedModelOutlivesTheReplacementOfItsFile() throws {
        try ModelFileSurgery.withTemporaryPath { path in
            let metadata = RandomModel.metadata(Self.shape)
            try ModelWriter.write(metadata, RandomModel.tensors(Self.shape, seed: 5), to: path)
            let model = try Model(contentsOf: path)
            let before = try model.floats("classifier.kernel")
            try ModelWriter.write(metadata, RandomModel.tensors(Self.shape, seed: 6), to: path)
            #expect(try model.floats("classifier.kernel") == before)
            #expect(try Model(contentsOf: path).floats("classifier.kernel") != before)
        }
    }

    @Test(arguments: [
        (#""format_version":"1""#, #""format_version":"2""#, "format_version"),
        (#""format":"apus-model""#, #""format":"other""#, "format"),
        (#"\"kind\":\"grid-transformer\""#, #"\"kind\":\"rnn\""#, "architecture.kind"),
        (#"\"position\":\"sinusoid\""#, #"\"position\":\"learned\""#, "architecture.position"),
        (#"\"pooling\":\"mean\""#, #"\"pooling\":\"max\""#, "architecture.pooling"),
        (#"\"heads\":2"#, #"\"heads\":0"#, "architecture.heads"),
        (#"\"length\":4"#, #"\"length\":65537"#, "architecture.length"),
        (#"\"length\":4"#, #"\"length\":-4"#, "architecture.length"),
        (#"\"length\":4"#, #"\"length\":4.5"#, "architecture"),
        (#"\"layers\":1"#, #"\"layers\":9223372036854775807"#, "architecture.layers"),
        (#"\"ff\":6,"#, "", "architecture.ff"),
        (#"\"headDim\":2"#, #"\"headDim\":60000"#, "architecture.heads"),
        (#""architecture":"{"#, #""architecture":"{{"#, "architecture"),
        (#"\"class 0\","#, "", "classes"),
        (#"\"class 0\","#, #"\"class 1\","#, "classes"),
        (#"\"class 0\","#, #"\"\","#, "classes"),
        (#"\"temperature\":1"#, #"\"temperature\":0"#, "calibration.temperature"),
        (#"\"temperature\":1"#, #"\"temperature\":-1"#, "calibration.temperature"),
        (#"\"temperature\":1"#, #"\"temperature\":\"hot\""#, "calibration.temperature"),
        (#"\"temperature\":1"#, "", "calibration.temperature"),
        (#""preset":"fink-t2""#, #""preset":"""#, "preset"),
        (#""preset":"fink-t2""#, #""preset":"{""#, "preset"),
        (#""preset":"fink-t2""#, #""preset":"{\"name\":1}""#, "preset"),
        (#""preset":"fink-t2""#, #""preset":"{\"length\":100}""#, "preset"),
        (#""preset":"fink-t2""#, #""preset":"{\"name\":\"\"}""#, "preset.name"),
        (#""name":"random""#, #""name":"""#, "name"),
        (#""name":"random","#, "", "name"),
        (#""name":"random""#, #""name":"random","mood":"good""#, "mood"),
        (
            #""quantisation":"none""#, #""quantisation":"{\"weights\":\"int3\",\"granularity\":\"per-tensor\"}""#,
            "quantisation.weights"
        ),
        (#""sha256":"#, #""sha257":"#, "sha256"),
    ])
    func refusesASignedFileWithOneWrongField(text: String, replacement: String, field: String) throws {
        let file = try ModelFileSurgery.replacing(text, with: replacement, in: Self.file())
        #expect(Self.field(of: Self.error(loading: file)) == field)
    }

    @Test func refusesAnotherChecksum() throws {
        var file = try Self.file()
        file[ModelFileSurgery.digestRange.lowerBound] ^= 1
        guard case .checksumMismatch = Self.error(loading: file) else { Issue.record("no checksum error"); return }
    }

    @Test func refusesMissingUnexpectedAndMisshapenTensors() throws {
        let file = try Self.file()
        func error(_ text: String, _ other: String) throws -> ModelFileError? {
            try Self.error(loading: ModelFileSurgery.replacing(text, with: other, in: file))
        }
        #expect(try error("layers.0.ln1.beta", "layers.0.ln1.alpha") == .missingTensor(name: "layers.0.ln1.beta"))
        #expect(try error(#"\"layers\":1"#, #"\"layers\":2"#) == .missingTensor(name: "layers.1.attn.query.kernel"))
        let padding = try #require(ModelFileSurgery.header(file).firstMatch(of: /padding\.\d+/)?.output)
        #expect(try error(String(padding), "surplus.1") == .unexpectedTensor(name: "surplus.1"))
        #expect(
            try error(#"\"embed\":4"#, #"\"embed\":8"#)
                == .tensorMismatch(name: "embedding.kernel", expected: "[2, 8]", found: "[2, 4]"))
        #expect(
            try error(#""embedding.bias":{"dtype":"F32""#, #""embedding.bias":{"dtype":"I32""#)
                == .tensorMismatch(name: "embedding.bias", expected: "F32 or I8", found: "I32"))
    }

    @Test func refusesInt8WeightsThatTheMetadataDenies() throws {
        let file = try Self.file(.int8(.perTensor))
        let text = #""quantisation":"{\"granularity\":\"per-tensor\",\"weights\":\"int8\"}""#
        let denied = try ModelFileSurgery.replacing(text, with: #""quantisation":"none""#, in: file)
        #expect(Self.error(loading: denied) == .tensorMismatch(name: "embedding.kernel", expected: "F32", found: "I8"))
        let other = try ModelFileSurgery.replacing("per-tensor", with: "per-channel", in: file)
        #expect(
            Self.error(loading: other)
                == .tensorMismatch(name: "embedding.kernel.scale", expected: "[4]", found: "[1]"))
    }

    @Test func refusesTensorsThatAreNotAligned() throws {
        let file = try Self.file()
        let body = ModelFileSurgery.body(file)
        let shifted = try ModelFileSurgery.assemble(ModelFileSurgery.header(file), body, surplus: 1)
        guard case .damaged = Self.error(loading: shifted) else { Issue.record("no error for tensors off 64"); return }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func refusesWeightsThatAreNotFinite(value: Float) throws {
        var file = try Self.file()
        withUnsafeBytes(of: value) { file.replaceSubrange((file.count - 4)..<file.count, with: $0) }
        #expect(Self.field(of: Self.error(loading: try ModelFileSurgery.signed(file))) == "classifier.bias")
    }

    @Test func aPresetsDefinitionIsKeptAsItStandsAndHasItsOwnName() throws {
        let definition = #"{"name":"of my own","grid":{"length":4}}"#
        var metadata = RandomModel.metadata(Self.shape)
        #expect(metadata.presetName == "fink-t2" && metadata.presetDefinition == nil)
        metadata.preset = definition
        let file = try ModelWriter.encode(metadata, RandomModel.tensors(Self.shape, seed: 5))
        let model = try Model(file, name: "definition")
        #expect(model.metadata.preset == definition)
        #expect(model.metadata.presetName == "of my own" && model.metadata.presetDefinition == definition)
        #expect(model.describe().joined().contains(definition))
    }

    @Test func describesEverythingInTheFile() throws {
        let model = try RandomModel.model(.t2, seed: 7)
        let text = model.describe().joined(separator: "\n")
        #expect(text.contains("13262 parameters, 53048 bytes of tensors, \(model.byteCount) bytes of file"))
        for piece in [
            model.sha256, "grid-transformer", "fink-t2", "class 13", "layers.0.attn.query.kernel", "[32, 128]",
        ] {
            #expect(text.contains(piece), "\(piece)")
        }
    }

    @Test func readsNothingFromAFolderOrAMissingFile() {
        for path in ["/", "/no/such/file.apus"] {
            guard case .unreadable = (Result { () throws(ModelFileError) in try Model(contentsOf: path) }).failure
            else {
                Issue.record("\(path) was read")
                continue
            }
        }
    }
}

extension Result {
    var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}

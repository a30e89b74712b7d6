import Foundation
import ModelFile
import TestSupport
import Testing

@Suite struct ModelWriterTests {
    static let shape = ModelFileSurgery.shape
    let metadata = RandomModel.metadata(shape)
    let tensors = RandomModel.tensors(shape, seed: 1)

    @Test func theSameModelGivesTheSameBytesWhateverTheOrderOfItsTensors() throws {
        let file = try ModelWriter.encode(metadata, tensors)
        #expect(try ModelWriter.encode(metadata, tensors.reversed()) == file)
    }

    @Test func theChecksumIsTheSHA256OfTheFileWithItsDigitsBlanked() throws {
        for name in [
            "random", "random with a longer name", "random with a name that is longer than a block of the hash is",
        ] {
            var named = metadata
            named.name = name
            let file = try ModelWriter.encode(named, tensors)
            let model = try Model(file, name: "test")
            #expect(try ModelFileSurgery.signed(file) == file)
            #expect(String(decoding: file[ModelFileSurgery.digestRange], as: UTF8.self) == model.sha256)
        }
    }

    @Test func everyReaderOfSafetensorsAcceptsTheFile() throws {
        for storage in [RandomModel.Storage.float, .int8(.perTensor), .int8(.perChannel)] {
            let file = try ModelWriter.encode(
                RandomModel.metadata(Self.shape, storage), RandomModel.tensors(Self.shape, storage, seed: 2))
            let ranges = try Safetensors(file, name: "test").entries.values.map(\.range)
                .sorted { $0.lowerBound < $1.lowerBound }
            // The format forbids holes between tensors and bytes behind the last.
            var end = 0
            for range in ranges {
                #expect(range.lowerBound == end)
                end = range.upperBound
            }
            #expect(end == ModelFileSurgery.body(file).count)
            #expect(ModelFileSurgery.header(file).hasPrefix("{"))
        }
    }

    @Test func refusesWhatItCouldNotReadAgain() throws {
        func error(_ metadata: ModelMetadata, _ tensors: [ModelTensor]) -> ModelFileError? {
            (Result { () throws(ModelFileError) in try ModelWriter.encode(metadata, tensors) }).failure
        }
        #expect(error(metadata, Array(tensors.dropLast())) == .missingTensor(name: "classifier.bias"))
        let surplus = ModelTensor("more", shape: [1], .float32([1]))
        #expect(error(metadata, tensors + [surplus]) == .unexpectedTensor(name: "more"))
        #expect(error(metadata, tensors + [tensors[0]]) != nil)

        for shape in [[2, 5], [8], [-2, -4], [0], [], [Int.max, Int.max]] {
            var misshapen = tensors
            misshapen[0].shape = shape
            #expect(error(metadata, misshapen) != nil, "\(shape)")
        }
        var infinite = tensors
        infinite[1].values = .float32([0, .infinity, 0, 0])
        #expect(ModelTests.field(of: error(metadata, infinite)) == "embedding.bias")
        var cold = metadata
        cold.calibration.temperature = .nan
        #expect(ModelTests.field(of: error(cold, tensors)) == "calibration.temperature")
        var few = metadata
        few.classes.removeLast()
        #expect(ModelTests.field(of: error(few, tensors)) == "classes")

        let storage = RandomModel.Storage.int8(.perTensor)
        var scaled = RandomModel.tensors(Self.shape, storage, seed: 3)
        scaled[1].values = .float32([0])
        #expect(
            ModelTests.field(of: error(RandomModel.metadata(Self.shape, storage), scaled)) == "embedding.kernel.scale")
        scaled.remove(at: 1)
        #expect(
            error(RandomModel.metadata(Self.shape, storage), scaled) == .missingTensor(name: "embedding.kernel.scale"))
    }

    @Test func namesAPathItCannotWriteTo() throws {
        let path = "/no/such/folder/model.apus"
        let failure = (Result { () throws(ModelFileError) in try ModelWriter.write(metadata, tensors, to: path) })
            .failure
        guard case .unwritable(path, _) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }
}

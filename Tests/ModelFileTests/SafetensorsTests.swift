import Foundation
import ModelFile
import TestSupport
import Testing

@Suite struct SafetensorsTests {
    static func file(header: String, tensors: [UInt8] = []) -> Data {
        var data = Data()
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(contentsOf: header.utf8)
        data.append(contentsOf: tensors)
        return data
    }

    @Test func readsTensorsAndMetadata() throws {
        let header = #"{"__metadata__":{"a":"b"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        let tensors = try Safetensors(Self.file(header: header, tensors: [0, 0, 128, 63, 0, 0, 0, 192]), name: "test")
        #expect(tensors.metadata == ["a": "b"])
        #expect(try tensors.values("x", as: Float.self) == [1, -2])
        #expect(throws: ModelFileError.missingTensor(name: "y")) { try tensors.values("y", as: Float.self) }
        #expect(throws: ModelFileError.tensorMismatch(name: "x", expected: "F64", found: "F32")) {
            try tensors.values("x", as: Double.self)
        }
    }

    @Test(arguments: [
        #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}"#,
        #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#,
        #"{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
        #"{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
        #"{"x":{"dtype":"Q9","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"x":1}"#, "[]", "{", "",
    ])
    func refusesADamagedHeader(header: String) {
        #expect(throws: ModelFileError.self) {
            try Safetensors(Self.file(header: header, tensors: [UInt8](repeating: 0, count: 8)), name: "test")
        }
    }

    @Test func refusesAHeaderLengthBeyondTheFile() {
        #expect(throws: ModelFileError.self) { try Safetensors(Data([255, 255, 255, 255, 255, 255, 255, 127]), name: "test") }
        #expect(throws: ModelFileError.self) { try Safetensors(Data([1, 0]), name: "test") }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func readsTheGoldenPipeline() throws {
        let pipeline = try SharedData.golden("pipeline")
        #expect(pipeline.entries["grid_mean"]?.shape == [300, 100, 2])
        #expect(try pipeline.values("candid", as: Int64.self).count == 300)
    }
}

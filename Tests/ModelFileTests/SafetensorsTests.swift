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
        #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"x":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}"#,
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[3,7]}}"#,
        #"{"x":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#,
        #"{"x":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}"#,
        #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}"#,
        #"{"x":{"dtype":"F32","shape":[2]}}"#,
        #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x"#,
        #"{"__metadata__":{"a":"b","a":"c"}}"#, #"{"__metadata__":{},"__metadata__":{}}"#, #"{"__metadata__":{"a":1}}"#,
        #"{"__metadata__":{"a":"\ud83d"}}"#, #"{"__metadata__":{"a":"\ud83d\u0041"}}"#, #"{"__metadata__":{"a":"\x"}}"#,
        #"{"__metadata__":{"a":"\u12"#, #"{"__metadata__":{"a":"\"#, #"{"__metadata__":{"a":"b",}}"#,
        #"{"x":1}"#, "[]", "{", "",
    ])
    func refusesADamagedHeader(header: String) {
        #expect(throws: ModelFileError.self) {
            try Safetensors(Self.file(header: header, tensors: [UInt8](repeating: 0, count: 8)), name: "test")
        }
    }

    @Test func readsEscapesSpaceAndEmptyTensors() throws {
        let header = #"""
             {"__metadata__" : {"a\"\\\/\b\f\n\r\t": "\u00e4\ud83d\udc26"},
              "e":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}
            """#
        let tensors = try Safetensors(Self.file(header: header), name: "test")
        #expect(tensors.metadata == ["a\"\\/\u{8}\u{C}\n\r\t": "ä🐦"])
        #expect(try tensors.values("e", as: Float.self) == [])
        #expect(try tensors.withValues("e", as: Float.self) { $0.count } == 0)
    }

    @Test func readsInPlaceOnlyWhatIsAligned() throws {
        let header = #"""
            {"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"y":{"dtype":"F32","shape":[1],"data_offsets":[1,5]},
            "z":{"dtype":"F32","shape":[1],"data_offsets":[6,10]}}
            """#
        let tensors = try Safetensors(
            Self.file(header: header, tensors: [UInt8](repeating: 0, count: 10)), name: "test")
        // Two floats five bytes apart: at most one of them is aligned.
        let aligned = ["y", "z"].filter { name in
            (Result { () throws(ModelFileError) in try tensors.withValues(name, as: Float.self) { $0.count } }).failure
                == nil
        }
        #expect(aligned.count <= 1)
        #expect(try tensors.withValues("x", as: UInt8.self) { Array($0) } == [0])
        #expect(try tensors.values("y", as: Float.self) == [0])
    }

    @Test func refusesAHeaderLengthBeyondTheFile() {
        #expect(throws: ModelFileError.self) {
            try Safetensors(Data([255, 255, 255, 255, 255, 255, 255, 127]), name: "test")
        }
        #expect(throws: ModelFileError.self) { try Safetensors(Data([1, 0]), name: "test") }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func readsTheGoldenPipeline() throws {
        let pipeline = try SharedData.golden("pipeline")
        #expect(pipeline.entries["grid_mean"]?.shape == [300, 100, 2])
        #expect(try pipeline.values("candid", as: Int64.self).count == 300)
    }
}

import Alerts
import Foundation
import ModelFile
import TestSupport
import Testing

/// Damaged files: never a crash, and never a model from an `.apus` file that lost a bit.
@Suite struct DamageTests {
    static func isRefused(_ file: Data) -> Bool {
        (Result { () throws(ModelFileError) in try Model(file, name: "test") }).failure != nil
    }

    @Test func anyBitOfAModelFileMatters() throws {
        let file = try ModelTests.file()
        #expect(!Self.isRefused(file))
        var accepted: [String] = []
        for position in file.indices {
            for bit in 0..<8 {
                var damaged = file
                damaged[position] ^= 1 << UInt8(bit)
                if !Self.isRefused(damaged) { accepted.append("\(position).\(bit)") }
            }
        }
        #expect(accepted.isEmpty)
    }

    @Test func aModelFileCutAnywhereIsRefused() throws {
        let file = try ModelTests.file()
        #expect(file.indices.allSatisfy { Self.isRefused(file.prefix($0)) })
        #expect(Self.isRefused(file + [0]))
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func twentyThousandFlippedBitsOfAPublishedModelAreAllRefused() throws {
        let imported = try ModelImporter.importModel(
            path: SharedData.path("models/fink_t2_quantized.tflite"), date: ModelImporterTests.date)
        var file = try ModelWriter.encode(imported.metadata, imported.tensors)
        var generator = SplitMix64(seed: 31)
        var accepted = 0
        for _ in 0..<20_000 {
            let position = Int.random(in: 0..<file.count, using: &generator)
            let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
            file[position] ^= bit
            if !Self.isRefused(file) { accepted += 1 }
            file[position] ^= bit
        }
        #expect(accepted == 0)
        #expect(!Self.isRefused(file))
    }

    /// Imports damaged bytes; true when a model came of it.
    private static func survives(_ contents: Data) -> Bool {
        do {
            _ = try ModelImporter.importModel(contents, path: "test.tflite", date: ModelImporterTests.date).model()
            return true
        } catch {
            return false
        }
    }

    @Test(
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)),
        arguments: ["tinho_28341_float.tflite", "fink_t2_quantized.tflite"])
    func aTFLiteWithFlippedBitsIsAnErrorOrAModel(name: String) throws {
        let original = try ModelImporterTests.contents(name)
        // Weights fill most of the file; half of the flips go to the rest, which is where a reader can go astray.
        var structure = Array(original.indices)
        for window in stride(from: 0, to: original.count - 1_024, by: 1_024) {
            if Set(original[window..<(window + 1_024)]).count > 150 {
                structure.removeAll { $0 >= window && $0 < window + 1_024 }
            }
        }
        var generator = SplitMix64(seed: 32)
        var contents = original
        var refused = 0
        for round in 0..<10_000 {
            var flips: [(Int, UInt8)] = []
            for _ in 0...(round % 3) {
                let anywhere = Int.random(in: contents.indices, using: &generator)
                let position = round % 2 == 0 ? anywhere : structure[anywhere % structure.count]
                flips.append((position, 1 << UInt8.random(in: 0..<8, using: &generator)))
            }
            for (position, bit) in flips { contents[position] ^= bit }
            if !Self.survives(contents) { refused += 1 }
            for (position, bit) in flips { contents[position] ^= bit }
        }
        #expect(contents == original)
        #expect(refused > 1_000)
        #expect(refused < 10_000)
    }

    @Test(
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)),
        arguments: ["tinho_28341_float.tflite", "fink_t2_quantized.tflite"])
    func aTFLiteCutAnywhereIsAnErrorOrAModel(name: String) throws {
        let original = try ModelImporterTests.contents(name)
        #expect(Self.survives(original))
        for count in stride(from: 0, to: original.count, by: 61) where Self.survives(original.prefix(count)) {
            Issue.record("a file cut at \(count) of \(original.count) bytes was imported")
        }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func aSafetensorsFileWithFlippedBitsIsAnErrorOrAModel() throws {
        var contents = try ModelImporterTests.contents("tinho_28341_quant.safetensors")
        let configuration = try SharedData.path("models/tinho_28341.json")
        var generator = SplitMix64(seed: 33)
        var refused = 0
        for round in 0..<5_000 {
            let position = Int.random(in: 0..<(round % 4 == 0 ? contents.count : 2_048), using: &generator)
            let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
            contents[position] ^= bit
            if ModelImporterTests.failure(contents, configurationPath: configuration) != nil { refused += 1 }
            contents[position] ^= bit
        }
        #expect(refused > 1_000)
    }
}

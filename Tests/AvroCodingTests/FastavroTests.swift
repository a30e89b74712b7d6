import Alerts
import AvroCoding
import Foundation
import TestSupport
import Testing

/// fastavro (Python) as the oracle: every extracted value of every shared file, bit for bit.
@Suite struct FastavroTests {
    static let isUsable: Bool = {
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", "-c", "import fastavro, cramjam"]
        python.standardOutput = FileHandle.nullDevice
        python.standardError = FileHandle.nullDevice
        do {
            try python.run()
        } catch {
            return false
        }
        python.waitUntilExit()
        return python.terminationStatus == 0 && SharedData.isPresent
    }()

    private func compare(_ dump: String, _ arguments: [String] = []) throws -> (status: Int32, output: String) {
        let file = FileManager.default.temporaryDirectory.appending(path: "avro-\(UUID().uuidString).jsonl")
        try dump.write(to: file, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
            path: "compare_with_fastavro.py")
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", script.path, file.path] + arguments
        let pipe = Pipe()
        python.standardOutput = pipe
        python.standardError = pipe
        try python.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        python.waitUntilExit()
        return (python.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    @Test(.enabled(if: isUsable, "needs python3 with fastavro and cramjam, and the shared data folder"))
    func `Every value of every ZTF file agrees with fastavro`() throws {
        let decoder = AlertDecoder()
        var dump = ""
        for path in try sharedFiles(below: "alerts/ztf") {
            var batch = AlertBatch()
            _ = try decoder.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))), into: &batch)
            dump += jsonLines(batch, file: path)
        }
        let (status, output) = try compare(dump)
        #expect(status == 0, Comment(rawValue: output))
    }

    @Test(
        .enabled(
            if: isUsable && !scoringFiles.isEmpty,
            "needs python3 with fastavro and cramjam, and the scoring sets beside the shared data"))
    func `Every value of the scoring sets, read block by block, agrees with fastavro`() throws {
        let decoder = AlertDecoder()
        for path in scoringFiles {
            let file = try AlertFile(path: path)
            var dump = ""
            var batch = AlertBatch()
            while try file.readBlock(using: decoder, into: &batch) != nil {
                dump += jsonLines(batch, file: path)
                batch.removeAll()
            }
            #expect(file.fractionRead == 1)
            let (status, output) = try compare(dump)
            #expect(status == 0, Comment(rawValue: output))
        }
    }

    @Test(.enabled(if: isUsable, "needs python3 with fastavro and cramjam, and the shared data folder"))
    func `Every value of every LSST file and frame agrees with fastavro`() throws {
        let schemas = try SharedData.path("schemas/lsst")
        let decoder = AlertDecoder(schemas: SchemaFolder(path: schemas))
        var dump = ""
        for path in try sharedFiles(below: "alerts/lsst") + sharedFiles(below: "schemas/lsst")
        where path.hasSuffix(".avro") {
            var batch = AlertBatch()
            _ = try decoder.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))), into: &batch)
            dump += jsonLines(batch, file: path)
        }
        let (status, output) = try compare(dump, [schemas])
        #expect(status == 0, Comment(rawValue: output))
    }
}

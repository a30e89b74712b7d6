import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: PublishedModel.isPresent, Comment(rawValue: PublishedModel.absence)))
struct ModelCommandTests {
    @Test func importingTwiceGivesTheSameFile() throws {
        let folder = try Shell.temporaryFolder("model")
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = ["a.apus", "b.apus"].map { folder.appending(path: $0).path }
        for path in paths {
            #expect(try Executable.run(["model", "import", PublishedModel.tflitePath, "-o", path]).status == 0)
        }
        let files = try paths.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        #expect(files[0] == files[1])
    }

    @Test func infoShowsPresetClassesAndTensors() throws {
        let folder = try Shell.temporaryFolder("model")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "t2.apus").path
        _ = try Executable.run(["model", "import", PublishedModel.tflitePath, "--name", "published", "-o", path])
        let info = try Executable.run(["model", "info", path])
        #expect(info.status == 0)
        for text in ["published", "fink-t2", "SLSN-I", "13262", "sha256"] {
            #expect(info.output.contains(text), "\(text) is missing")
        }
    }

    @Test func aDamagedFileIsRefused() throws {
        let folder = try Shell.temporaryFolder("model")
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appending(path: "cut.tflite")
        try Data(contentsOf: URL(fileURLWithPath: PublishedModel.tflitePath)).prefix(30_000).write(to: source)
        let result = try Executable.run(["model", "import", source.path, "-o", folder.appending(path: "x.apus").path])
        #expect(result.status == 1 && result.errors.contains("cut.tflite"))
    }
}

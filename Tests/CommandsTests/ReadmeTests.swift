import Foundation
import Store
import TestSupport
import Testing

/// The README's commands, run as they stand there (`Deploy/demo` and `Deploy/test` are run by whoever runs this).
@Suite(.enabled(if: PublishedModel.isPresent, Comment(rawValue: PublishedModel.absence)), .timeLimit(.minutes(5)))
struct ReadmeTests {
    /// The command lines of the ```sh block below a heading, without comments.
    private func commands(below heading: String) throws -> [String] {
        let page = try String(contentsOf: Shell.root.appending(path: "README.md"), encoding: .utf8)
        let section = try #require(page.components(separatedBy: "\n## \(heading)\n").dropFirst().first)
        let block = try #require(section.components(separatedBy: "```sh\n").dropFirst().first)
        return block.components(separatedBy: "```")[0].split(separator: "\n").map { line in
            let code = line.range(of: " #").map { line[..<$0.lowerBound] } ?? line
            return code.trimmingCharacters(in: .whitespaces)
        }
    }

    /// A line's words after `apus`, and the file that its output goes to.
    private func words(_ line: String) -> (arguments: [String], output: String?) {
        let parts = line.components(separatedBy: " > ")
        return (parts[0].split(separator: " ").dropFirst().map(String.init), parts.count > 1 ? parts[1] : nil)
    }

    @Test func theTwoCommandsAreThere() throws {
        for command in try commands(below: "Two commands") {
            #expect(FileManager.default.isExecutableFile(atPath: Shell.root.appending(path: command).path), "\(command)")
        }
    }

    @Test func theCommandsWithoutBrokerAndDatabaseWork() throws {
        let folder = try Shell.temporaryFolder("readme")
        defer { try? FileManager.default.removeItem(at: folder) }
        let models = folder.appending(path: ".apus/models")
        try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: models.appending(path: "fink_t2_quantized.tflite"),
            withDestinationURL: URL(fileURLWithPath: PublishedModel.tflitePath))
        var run = 0
        for line in try commands(below: "Without broker and database") where line.hasPrefix("apus") {
            let (arguments, output) = words(line)
            let outcome = try Executable.run(arguments, of: line.hasPrefix("apus-lab ") ? "apus-lab" : "apus", in: folder)
            #expect(outcome.status == 0, "\(line): \(outcome.errors)")
            if let output {
                #expect(outcome.output.hasPrefix("candid,"), "\(line)")
                try Data(outcome.output.utf8).write(to: folder.appending(path: output))
            }
            run += 1
        }
        #expect(run == 7)
    }

    @Test func theCommandsOfARealStreamWork() throws {
        let stream = try StreamCommandTests.Stream(count: 20)
        defer { stream.sample.remove() }
        try FileManager.default.copyItem(
            atPath: stream.configuration, toPath: stream.sample.folder.appending(path: "my.yaml").path)
        for line in try commands(below: "A real stream") where line.hasPrefix("apus ") {
            let (arguments, _) = words(line)
            guard arguments.first == "run" else {
                let outcome = try Executable.run(arguments, in: stream.sample.folder)
                #expect(outcome.status == 0, "\(line): \(outcome.output)\(outcome.errors)")
                continue
            }
            let running = try Executable.Running(arguments, folder: stream.sample.folder, in: stream.sample.folder)
            #expect(try stream.run("replay", "--topic", stream.topic, stream.sample.alerts).status == 0)
            let connection = try Connection(stream.database)
            let isConsumed = try eventually(timeoutMs: 60_000) {
                try connection.query("SELECT sum(next_offset) FROM stream_offset").scalar == "20"
            }
            #expect(try running.terminate().status == 0 && isConsumed)
        }
    }
}

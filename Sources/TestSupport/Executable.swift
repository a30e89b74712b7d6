public import Foundation

/// The executables of the build that the tests belong to: `apus`, and beside it `apus-lab`.
public enum Executable {
    public struct Outcome: Sendable {
        public let status: Int32
        public let output: String
        public let errors: String
    }

    public static let url: URL = {
        // The test runner is given the path of the test bundle, which lies beside the executable.
        if let bundle = ProcessInfo.processInfo.arguments.first(where: { $0.contains(".xctest") }) {
            var folder = URL(fileURLWithPath: bundle)
            while folder.pathExtension != "xctest", folder.path != "/" { folder.deleteLastPathComponent() }
            let executable = folder.deletingLastPathComponent().appending(path: "apus")
            if FileManager.default.isExecutableFile(atPath: executable.path) { return executable }
        }
        return Shell.root.appending(path: ".build/release/apus")
    }()

    /// Runs a command to its end, in the package's root folder unless another is named.
    public static func run(
        _ arguments: [String], of name: String = "apus", environment: [String: String] = [:], in place: URL = Shell.root
    ) throws -> Outcome {
        let folder = try Shell.temporaryFolder("command")
        defer { try? FileManager.default.removeItem(at: folder) }
        let running = try Running(arguments, of: name, environment: environment, folder: folder, in: place)
        running.process.waitUntilExit()
        return try running.outcome()
    }

    /// A command that runs beside the test.
    public final class Running {
        public let process = Process()
        private let outputs: [URL]

        /// - Parameter folder: where its outputs go; must last as long as the process.
        public init(
            _ arguments: [String], of name: String = "apus", environment: [String: String] = [:], folder: URL,
            in place: URL = Shell.root
        ) throws {
            outputs = ["out", "err"].map { folder.appending(path: "\($0)-\(UUID().uuidString)") }
            for file in outputs { try Data().write(to: file) }
            process.executableURL = Executable.url.deletingLastPathComponent().appending(path: name)
            process.arguments = arguments
            process.currentDirectoryURL = place
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try FileHandle(forWritingTo: outputs[0])
            process.standardError = try FileHandle(forWritingTo: outputs[1])
            try process.run()
        }

        /// Asks it to stop, and waits for that.
        public func terminate() throws -> Outcome {
            process.terminate()
            process.waitUntilExit()
            return try outcome()
        }

        public func outcome() throws -> Outcome {
            let texts = try outputs.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
            return Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
        }
    }
}

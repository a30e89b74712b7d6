public import Foundation

/// Runs a program and waits for it.
public enum Shell {
    public struct Failure: Error, CustomStringConvertible {
        public let command: String
        public let status: Int32
        public let output: String

        public var description: String { "`\(command)` ended with status \(status): \(output)" }
    }

    /// The package's root folder.
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Runs `arguments` (a path, absolute or from the package's root, then its arguments); returns what it wrote to
    /// standard output, and throws `Failure` with both outputs when it ends with another status than 0.
    @discardableResult
    public static func run(_ arguments: String...) throws -> String {
        try run(arguments)
    }

    @discardableResult
    public static func run(_ arguments: [String]) throws -> String {
        // Files and not pipes: a server that the program leaves running may keep its outputs open.
        let folder = try temporaryFolder("shell")
        defer { try? FileManager.default.removeItem(at: folder) }
        let outputs = [folder.appending(path: "out"), folder.appending(path: "err")]
        let status = try spawnAndWait(arguments, output: outputs[0].path, error: outputs[1].path)
        let texts = try outputs.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        guard status == 0 else {
            throw Failure(
                command: arguments.joined(separator: " "), status: status, output: texts[1] + texts[0])
        }
        return texts[0]
    }

    // Not Foundation's Process: it waits until a socket is closed that every child started meanwhile holds open too,
    // and its children inherit the calling thread's signal mask: on a pool thread they are deaf to SIGTERM.
    private static func spawnAndWait(_ arguments: [String], output: String, error: String) throws -> Int32 {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&files, 2, error, O_WRONLY | O_CREAT, 0o600)

        let program = URL(fileURLWithPath: arguments[0], relativeTo: root).path
        var vector = arguments.map { strdup($0) } + [nil]
        defer { vector.forEach { free($0) } }
        var process = pid_t()
        // SAFETY: the strings and the null-terminated vector live until the end of this function.
        let code = posix_spawn(&process, program, &files, &attributes, &vector, environ)
        guard code == 0 else {
            throw Failure(command: program, status: code, output: String(cString: strerror(code)))
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1 {
            guard errno == EINTR else {
                throw Failure(command: program, status: errno, output: String(cString: strerror(errno)))
            }
        }
        // As a shell counts: the exit status, or 128 and the signal's number.
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }

    /// A new, empty folder below the system's folder for temporary files.
    public static func temporaryFolder(_ purpose: String) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "apus-\(purpose)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Starts a server by `Deploy/<script> start` in a new folder on a free port. The script stops the server and
    /// deletes the folder when this process has ended, however it ends.
    static func startServer(_ script: String, options: [String]) throws -> (folder: URL, port: Int) {
        let folder = try temporaryFolder(script)
        let process = ProcessInfo.processInfo.processIdentifier
        var attempt = 1
        while true {
            let answer = try run("Deploy/free-port").trimmingCharacters(in: .whitespacesAndNewlines)
            guard let port = Int(answer) else {
                throw Failure(command: "Deploy/free-port", status: 0, output: answer)
            }
            do {
                try run(
                    ["Deploy/\(script)", "start"] + options + ["--with-process", "\(process)", folder.path, "\(port)"])
                return (folder, port)
            } catch where attempt < 3 {
                // Another program can take the free port first.
                attempt += 1
            }
        }
    }
}

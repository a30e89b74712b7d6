import Foundation

/// The package's own Swift files, read once.
struct SourceTree {
    struct File {
        /// Path from the package's root, such as `Sources/Store/Connection.swift`.
        let path: String
        let lines: [String]

        var target: String { String(path.split(separator: "/")[1]) }
        var name: String { String(path.split(separator: "/").last ?? "") }
    }

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    let sources: [File]
    let tests: [File]
    let manifest: String

    init() throws {
        sources = try Self.files(below: "Sources")
        tests = try Self.files(below: "Tests")
        manifest = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
    }

    /// The dependencies that Package.swift declares for a target, by module name.
    func declaredDependencies(of target: String) -> Set<String>? {
        guard let start = manifest.range(of: #"(library|command)\(\s*"\#(target)""#, options: .regularExpression) else {
            return nil
        }
        // The declaration ends with the line that closes its bracket; names in quotes up to there are the dependencies.
        let rest = manifest[start.upperBound...]
        var depth = 1
        var end = rest.startIndex
        while depth > 0, end < rest.endIndex {
            if rest[end] == "(" { depth += 1 }
            if rest[end] == ")" { depth -= 1 }
            end = rest.index(after: end)
        }
        let names = rest[..<end].matches(of: /"([A-Za-z0-9-]+)"/).map { String($0.1) }
        return Set(names)
    }

    private static func files(below folder: String) throws -> [File] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let text = try String(contentsOf: root.appending(path: folder).appending(path: path), encoding: .utf8)
            return File(path: folder + "/" + path, lines: text.components(separatedBy: "\n"))
        }
    }
}

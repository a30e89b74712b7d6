import Foundation
import Testing

/// The house rules that a machine can check; each failure names the file and the line.
@Suite struct TidyTests {
    let tree: SourceTree

    init() throws {
        tree = try SourceTree()
    }

    /// Files and lines where `condition` holds, as `path:line`.
    private func places(
        in files: [SourceTree.File], where condition: (_ line: String, _ previous: String) -> Bool
    ) -> [String] {
        files.flatMap { file in
            file.lines.indices.filter { index in
                condition(file.lines[index], index > 0 ? file.lines[index - 1] : "")
            }.map { "\(file.path):\($0 + 1)" }
        }
    }

    private func code(_ line: String) -> String {
        line.range(of: "//").map { String(line[..<$0.lowerBound]) } ?? line
    }

    @Test func modulesImportOnlyWhatTheManifestDeclares() throws {
        let toolchain: Set = ["Foundation", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin"]
        let importLine = /^\s*(?:public |internal |package )?(?:@preconcurrency )?import (?:struct |class |enum )?([A-Za-z_]+)/
        for file in tree.sources {
            let declared = try #require(tree.declaredDependencies(of: file.target), "\(file.target) is not declared")
            for line in file.lines {
                guard let match = line.firstMatch(of: importLine) else { continue }
                let module = String(match.1)
                #expect(
                    declared.contains(module) || toolchain.contains(module),
                    "\(file.path) imports \(module), which Package.swift does not declare for \(file.target)")
            }
        }
    }

    @Test func linesAreShortEnoughToRead() {
        #expect(places(in: tree.sources + tree.tests) { line, _ in line.count > 140 } == [])
    }

    @Test func filesAreShortEnoughToHoldInMind() {
        #expect(tree.sources.filter { $0.lines.count > 400 }.map(\.path) == [])
        #expect(tree.tests.filter { $0.lines.count > 800 }.map(\.path) == [])
    }

    @Test func nothingTrapsOnInput() {
        let banned = ["try!", "as!", "fatalError("]
        #expect(
            places(in: tree.sources) { line, _ in banned.contains { code(line).contains($0) } } == [])
    }

    @Test func onlyTheCommandsPrint() {
        let files = tree.sources.filter { !["apus", "apus-lab"].contains($0.target) }
        #expect(places(in: files) { line, _ in code(line).firstMatch(of: /(^|[^.\w])print\(/) != nil } == [])
    }

    @Test func uncheckedSendabilityIsJustified() {
        let marks = ["@unchecked Sendable", "nonisolated(unsafe)", "unsafeBitCast"]
        #expect(
            places(in: tree.sources) { line, previous in
                marks.contains { code(line).contains($0) } && !previous.contains("// SAFETY:")
            } == [])
    }

    @Test func nothingIsLeftToDo() {
        let files = (tree.sources + tree.tests).filter { $0.name != "TidyTests.swift" }
        #expect(places(in: files) { line, _ in line.contains("TODO") || line.contains("FIXME") } == [])
    }
}

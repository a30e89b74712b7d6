import AvroCoding
import Foundation
import TestSupport
import Testing
import Workload

/// A folder of its own for one test, removed afterwards.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "apus-workload-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let target = file(name)
        try FileManager.default.createDirectory(
            atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: target))
        return target
    }
}

struct SourcedMessage: Equatable {
    var origin: MessageOrigin
    var bytes: [UInt8]
}

func messages(_ paths: [String]) throws -> [SourcedMessage] {
    var source = try AlertSource(paths: paths)
    var found: [SourcedMessage] = []
    var message: [UInt8] = []
    while try source.next(into: &message) { found.append(SourcedMessage(origin: source.origin, bytes: message)) }
    return found
}

/// Runs a system program and requires that it succeeds.
func run(_ program: String, _ arguments: [String], in folder: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) \(arguments) failed")
}

/// Bytes that are a message as they are: a Confluent frame.
func frame(_ number: Int, length: Int = 100) -> [UInt8] {
    [0, 0, 0, 3, 133] + (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
}

@Suite("Alert source")
struct AlertSourceTests {
    @Test("a folder gives its .avro files at any depth in order of path, and nothing else")
    func folderOrder() throws {
        let folder = try TemporaryFolder()
        for (index, name) in ["b.avro", "a/z.avro", "a/b/c.avro", "B.avro", "a.avro"].enumerated() {
            try folder.write(name, frame(index))
        }
        for name in ["README", "labels.csv", "x.json", ".hidden.avro", ".git/y.avro", "z.avro.part"] {
            try folder.write(name, frame(99))
        }
        let found = try messages([folder.path])
        let names = found.map { String($0.origin.path.dropFirst(folder.path.count + 1)) }
        #expect(names == ["B.avro", "a.avro", "a/b/c.avro", "a/z.avro", "b.avro"])
        #expect(found.map(\.bytes) == [3, 4, 2, 1, 0].map { frame($0) })
        #expect(found.allSatisfy { $0.origin.record == 1 && $0.origin.member == nil && $0.origin.damage == nil })
    }

    @Test("a file that is named is taken whatever its name, and paths keep their order")
    func namedFiles() throws {
        let folder = try TemporaryFolder()
        let late = try folder.write("z.bin", frame(1))
        let early = try folder.write(".a", frame(2))
        #expect(try messages([late, early, late]).map(\.bytes) == [frame(1), frame(2), frame(1)])
    }

    @Test("a missing path and a folder without alerts are errors that name it")
    func nothingThere() throws {
        let folder = try TemporaryFolder()
        try folder.write("README", [1])
        #expect(throws: WorkloadError.nothingToRead(path: folder.path)) { try messages([folder.path]) }
        let error = #expect(throws: WorkloadError.self) { try messages([folder.file("absent.avro")]) }
        #expect(error?.description.contains("absent.avro") == true)
    }

    @Test("an empty file is an empty message")
    func emptyFile() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("empty.avro", [])
        #expect(try messages([path]).map(\.bytes) == [[]])
    }

    @Test("a damaged container is passed on as it is, with the reason")
    func damagedContainer() throws {
        let folder = try TemporaryFolder()
        let bytes = Array("Obj\u{1}".utf8) + [4, 20, 1, 2]
        let path = try folder.write("cut.avro", bytes)
        let found = try messages([path])
        #expect(found.map(\.bytes) == [bytes])
        #expect(found.first?.origin.damage != nil)
    }
}

import Foundation
import Testing
import Workload

@Suite("Tar archives")
struct TarTests {
    /// Names from short to longer than a tar header holds.
    static let names = [
        "a.avro", "night/b.avro", "night/" + String(repeating: "n", count: 110) + ".avro",
        "deep/" + String(repeating: "d", count: 90) + "/" + String(repeating: "e", count: 95) + ".avro",
        String(repeating: "p", count: 120) + "/" + String(repeating: "q", count: 180) + ".avro",
    ]

    /// A folder with alert files of awkward lengths, and files that are to be passed over.
    static func makeFolder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (index, name) in names.enumerated() {
            try folder.write("in/" + name, frame(index, length: [507, 0, 508, 70_000, 200_001][index]))
        }
        try folder.write("in/README", [1, 2, 3])
        try folder.write("in/night/._b.avro", [4])
        try FileManager.default.createSymbolicLink(atPath: folder.file("in/link.avro"), withDestinationPath: "a.avro")
        return folder
    }

    @Test("members come as the files they were", arguments: ["gnu", "posix"], ["tar", "tar.gz", "tgz"])
    func formats(format: String, suffix: String) throws {
        let folder = try Self.makeFolder()
        let archive = folder.file("alerts." + suffix)
        let flags = suffix == "tar" ? "-cf" : "-czf"
        try run("tar", ["--format=" + format, "--sort=name", flags, archive, "."], in: folder.file("in"))
        let found = try messages([archive])
        let expected = Self.names.enumerated().map { index, name in
            ("./" + name, frame(index, length: [507, 0, 508, 70_000, 200_001][index]))
        }
        let byName = Dictionary(uniqueKeysWithValues: found.map { ($0.origin.member ?? "", $0.bytes) })
        #expect(found.count == expected.count)
        for (name, bytes) in expected { #expect(byName[name] == bytes, "\(name)") }
        #expect(found.allSatisfy { $0.origin.path == archive && $0.origin.record == 1 })
    }

    @Test("ustar's split names are put together")
    func ustar() throws {
        let folder = try TemporaryFolder()
        let name = String(repeating: "d", count: 90) + "/" + String(repeating: "e", count: 80) + ".avro"
        try folder.write("in/" + name, frame(1))
        try run("tar", ["--format=ustar", "-cf", folder.file("a.tar"), name], in: folder.file("in"))
        #expect(try messages([folder.file("a.tar")]).map(\.origin.member) == [name])
    }

    @Test("gzip members one after another read as one stream")
    func multiMember() throws {
        let folder = try Self.makeFolder()
        try run("tar", ["-cf", "whole.tar", "in"], in: folder.path)
        try run("sh", ["-c", "head -c 100000 whole.tar | gzip > both.tgz"], in: folder.path)
        try run("sh", ["-c", "tail -c +100001 whole.tar | gzip >> both.tgz"], in: folder.path)
        let bytes = try messages([folder.file("whole.tar")]).map(\.bytes)
        #expect(bytes.count == Self.names.count)
        #expect(try messages([folder.file("both.tgz")]).map(\.bytes) == bytes)
    }

    @Test("zeros behind a gzip stream are padding, other bytes are damage")
    func gzipTail() throws {
        let folder = try Self.makeFolder()
        try run("sh", ["-c", "tar -czf a.tgz in && cp a.tgz b.tgz"], in: folder.path)
        try run("sh", ["-c", "head -c 4096 /dev/zero >> a.tgz && echo junk >> b.tgz"], in: folder.path)
        #expect(try messages([folder.file("a.tgz")]).count == Self.names.count)
        #expect(throws: WorkloadError.self) { try messages([folder.file("b.tgz")]) }
    }

    @Test("archives in a folder take their place among its files")
    func archivesInFolder() throws {
        let folder = try TemporaryFolder()
        try folder.write("x/in.avro", frame(2))
        try run("tar", ["-czf", "b.tar.gz", "-C", "x", "in.avro"], in: folder.path)
        try FileManager.default.removeItem(atPath: folder.file("x"))
        try folder.write("a.avro", frame(1))
        try folder.write("c.avro", frame(3))
        #expect(try messages([folder.path]).map(\.bytes) == [frame(1), frame(2), frame(3)])
    }

    @Test("an archive cut anywhere says so, and gives no half member", arguments: ["tar", "tgz"])
    func truncated(suffix: String) throws {
        let folder = try TemporaryFolder()
        for index in 0..<4 { try folder.write("in/\(index).avro", frame(index, length: 3_000)) }
        let flags = suffix == "tar" ? "-cf" : "-czf"
        try run("tar", ["--sort=name", flags, folder.file("a." + suffix), "in"], in: folder.path)
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a." + suffix))))
        // Behind the first block of zeros an uncompressed archive is complete.
        let end = suffix == "tar" ? 512 * (1 + 4 * 7) : whole.count - 1
        for length in stride(from: 11, to: end, by: suffix == "tar" ? 257 : 1) {
            let path = try folder.write("cut." + suffix, Array(whole[..<length]))
            var source = try AlertSource(paths: [path])
            var message: [UInt8] = []
            var count = 0
            let error = #expect(throws: WorkloadError.self, "cut at \(length)") {
                while try source.next(into: &message) {
                    #expect(message == frame(count, length: 3_000))
                    count += 1
                }
            }
            guard case .truncatedArchive(path, _, _)? = error else {
                Issue.record("cut at \(length): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("an archive cut inside a member names it")
    func namesMember() throws {
        let folder = try TemporaryFolder()
        try folder.write("only.avro", frame(1, length: 3_000))
        try run("tar", ["-cf", "a.tar", "only.avro"], in: folder.path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder.file("a.tar")))
        let path = try folder.write("cut.tar", [UInt8](whole.prefix(1_000)))
        #expect(throws: WorkloadError.truncatedArchive(path: path, member: "only.avro", offset: 1_000)) {
            try messages([path])
        }
    }

    @Test("after a damaged archive the source goes on with the next file")
    func goesOn() throws {
        let folder = try TemporaryFolder()
        let bad = try folder.write("a.tar", Array(repeating: 65, count: 2_000))
        let good = try folder.write("b.avro", frame(1))
        var source = try AlertSource(paths: [bad, good])
        var message: [UInt8] = []
        #expect(throws: WorkloadError.self) { try source.next(into: &message) }
        #expect(try source.next(into: &message))
        #expect(message == frame(1))
    }

    @Test("a flipped bit in a header is found by its checksum")
    func checksum() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.avro", frame(1))
        try run("tar", ["-cf", "a.tar", "a.avro"], in: folder.path)
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.tar"))))
        for index in [0, 60, 110, 124, 130, 156, 260, 400] {
            var bytes = whole
            bytes[index] ^= 4
            let path = try folder.write("bad.tar", bytes)
            let error = #expect(throws: WorkloadError.self, "byte \(index)") { try messages([path]) }
            guard case .damagedArchive(path, 0, _)? = error else {
                Issue.record("byte \(index): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("a member that claims an enormous size ends as a cut archive or is refused, without the memory")
    func enormousMember() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.avro", frame(1))
        try run("tar", ["-cf", "a.tar", "a.avro"], in: folder.path)
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.tar"))))
        for size in ["07777777777\0", "77777777777\0"] {
            var bytes = whole
            bytes.replaceSubrange(124..<136, with: size.utf8)
            bytes.replaceSubrange(148..<156, with: "        ".utf8)
            let sum = bytes[..<512].reduce(0) { $0 + Int($1) }
            bytes.replaceSubrange(148..<156, with: (String(sum, radix: 8) + "\0 ").utf8)
            let path = try folder.write("big.tar", bytes)
            #expect(throws: WorkloadError.self) { try messages([path]) }
        }
    }
}

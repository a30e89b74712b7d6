import Foundation
import ModelFile
import Testing

/// Model files with one thing wrong and everything else right, the checksum included.
enum ModelFileSurgery {
    static let shape = Architecture(
        length: 4, channels: 2, embed: 4, heads: 2, headDim: 2, ff: 6, layers: 1, classes: 3)
    static let digestRange = 35..<99

    static func header(_ file: Data) -> String {
        let count = file.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        return String(decoding: file[8..<(8 + count)], as: UTF8.self)
    }

    static func body(_ file: Data) -> Data {
        let count = file.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        return Data(file[(8 + count)...])
    }

    /// A file of this header text and body, padded to 64 bytes and `surplus` more, and signed again.
    static func assemble(_ header: String, _ body: Data, surplus: Int = 0) throws -> Data {
        var header = header.trimmingCharacters(in: .whitespaces)
        while (8 + header.utf8.count) % 64 != 0 { header += " " }
        header += String(repeating: " ", count: surplus)
        var file = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        file.append(contentsOf: header.utf8)
        file.append(body)
        return try signed(file)
    }

    /// The file with one text in its header replaced.
    static func replacing(_ text: String, with other: String, in file: Data) throws -> Data {
        let header = header(file)
        try #require(header.contains(text), "\(text) is not in the header")
        return try assemble(header.replacingOccurrences(of: text, with: other), body(file))
    }

    /// The file with its checksum computed as docs/model.md says, by another program.
    static func signed(_ file: Data) throws -> Data {
        var file = file
        file.replaceSubrange(digestRange, with: Data(repeating: UInt8(ascii: "0"), count: 64))
        file.replaceSubrange(digestRange, with: Data(try sha256sum(file).utf8))
        return file
    }

    /// What coreutils' sha256sum says of these bytes.
    static func sha256sum(_ bytes: Data) throws -> String {
        try withTemporaryPath { path in
            try bytes.write(to: URL(fileURLWithPath: path))
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
            process.arguments = [path]
            process.standardOutput = output
            try process.run()
            let text = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return String(decoding: text.prefix(64), as: UTF8.self)
        }
    }

    static func withTemporaryPath<Result>(_ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }
}

import ArgumentParser
import Foundation
import Settings
import Store

struct QuarantineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Lists, shows, exports and retries messages that could not be decoded.",
        subcommands: [
            QuarantineListCommand.self, QuarantineShowCommand.self, QuarantineExportCommand.self,
            QuarantineRetryCommand.self,
        ])
}

struct QuarantineListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Prints the open entries, the newest first.")

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "Only entries of this reason.")
    var reason: String?

    @Option(help: "Only entries of this topic.")
    var topic: String?

    @Option(help: "At most this many.")
    var limit = 50

    @Flag(help: "Resolved entries too.")
    var all = false

    func run() throws {
        let quarantine = Quarantine(try Connection(options.read().database.connection))
        for entry in try quarantine.entries(reason: reason, topic: topic, isOpen: !all, limit: limit) {
            print(
                "\(entry.id)  \(entry.quarantinedAt)  \(entry.reason)  \(entry.topic) \(entry.partition):\(entry.offset)"
                    + (entry.resolvedAt == nil ? "" : "  resolved") + "  \(entry.detail)")
        }
    }
}

struct QuarantineShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Prints one entry and how its message begins.")

    @OptionGroup var options: ConfigurationOptions

    @Argument(help: "The entry's number.")
    var id: Int64

    func run() throws {
        let quarantine = Quarantine(try Connection(options.read().database.connection))
        guard let entry = try quarantine.entry(id) else { throw ValidationError("There is no entry \(id).") }
        print("entry       \(entry.id), since \(entry.quarantinedAt)")
        print("message     \(entry.topic), partition \(entry.partition), offset \(entry.offset)")
        if entry.alertIndex >= 0 { print("alert       \(entry.alertIndex) of the message") }
        print("reason      \(entry.reason)")
        print("detail      \(entry.detail)")
        if let resolved = entry.resolvedAt { print("resolved    \(resolved)") }
        guard let length = entry.payloadLength, let payload = try quarantine.payload(of: id) else {
            print("bytes       none kept: the message was decoded, this alert could not be stored")
            return
        }
        print("bytes       \(length)\(entry.isWhole ? "" : ", the first \(payload.count) kept")")
        for start in stride(from: 0, to: min(payload.count, 256), by: 16) {
            let row = payload[start..<min(start + 16, payload.count)]
            let bytes = row.map { String(format: "%02x", $0) }.joined(separator: " ")
            let text = String(decoding: row.map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
            print(String(format: "%08x  ", start) + bytes.padding(toLength: 49, withPad: " ", startingAt: 0) + text)
        }
    }
}

struct QuarantineExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the bytes of entries to files, <id>-<reason>.avro.",
        discussion: "Exit status 3 when the bytes of an entry were not kept, or not all.")

    @OptionGroup var options: ConfigurationOptions

    @Argument(help: "The entries' numbers.")
    var ids: [Int64]

    @Option(help: "The folder to write to; it is made if need be.")
    var to: String

    func run() throws {
        let quarantine = Quarantine(try Connection(options.read().database.connection))
        let folder = URL(fileURLWithPath: to)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var isComplete = true
        for id in ids {
            guard let entry = try quarantine.entry(id), let payload = try quarantine.payload(of: id) else {
                note("no bytes of entry \(id)")
                isComplete = false
                continue
            }
            // A reason is one of Apus's own words, but the database's content is not to choose a path.
            let reason = entry.reason.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            let file = folder.appending(path: "\(id)-\(reason).avro")
            try Data(payload).write(to: file)
            print(file.path)
            guard !entry.isWhole else { continue }
            note("entry \(id): only \(payload.count) of \(entry.payloadLength ?? 0) bytes were kept")
            isComplete = false
        }
        if !isComplete { throw ExitCode(3) }
    }
}

import Foundation

/// Schemas on disk, one file an id, so that a stream can start while the registry is down.
///
/// A file is written whole or not at all, and says which registry and id it is of: what says otherwise, or does not
/// parse, is passed over.
struct SchemaCache: Sendable {
    private struct Entry: Codable {
        var registry: String
        var id: Int32
        var schema: SchemaText
    }

    let folder: URL
    let registry: String

    func read(_ id: Int32) -> SchemaText? {
        guard let data = try? Data(contentsOf: file(id)), let entry = try? JSONDecoder().decode(Entry.self, from: data),
            entry.registry == registry, entry.id == id
        else { return nil }
        return entry.schema
    }

    /// Keeps a schema; a disk that refuses is no reason not to use it, so nothing is thrown.
    func write(_ schema: SchemaText, id: Int32) {
        guard read(id) != schema else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(Entry(registry: registry, id: id, schema: schema)) else { return }
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Atomic: a file beside it, renamed.
        try? data.write(to: file(id), options: .atomic)
    }

    private func file(_ id: Int32) -> URL {
        folder.appending(path: "schema-\(id).json")
    }
}

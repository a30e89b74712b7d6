import ArgumentParser
import AvroCoding
import Foundation
import SchemaRegistry
import Settings

/// Schemas on disk that cannot be used.
struct SchemaFolderError: Error, CustomStringConvertible {
    let path: String

    var description: String { "\(path) is no folder of schemas that can be read" }
}

/// The option of commands that read files whose messages may not hold their schema.
struct SchemaOptions: ParsableArguments {
    @Option(help: "A folder of schemas for frames that do not hold theirs, <major>/<minor>/*.avsc; without it the configuration's.")
    var schemas: String?

    /// The settings with this command's folder in place of theirs.
    func applied(to settings: Settings) -> Settings {
        var settings = settings
        if let schemas { settings.schemas.folder = schemas }
        return settings
    }
}

// Where schemas are looked for: the files given by id, the folder, then the registry.
extension Settings {
    /// - Parameter waitUnknownMs: overrides the settings, for commands that do not wait.
    /// - Throws: what is wrong with the settings or the files; the registry is not asked.
    func schemaSource(waitUnknownMs: Int? = nil) throws -> SchemaSource {
        let local = try schemaFolder()
        guard let registry = try registryClient(waitUnknownMs: waitUnknownMs) else { return local?.source ?? SchemaSource() }
        return local?.source.orElse(registry.source) ?? registry.source
    }

    /// What there is on disk, its files read once so that a wrong name is found at the start; nil without any.
    func schemaFolder() throws -> SchemaFolder? {
        guard !schemas.folder.isEmpty || !schemas.files.isEmpty else { return nil }
        let folder = SchemaFolder(path: schemas.folder.isEmpty ? nil : schemas.folder, files: schemas.files)
        if !schemas.folder.isEmpty, (try? FileManager.default.contentsOfDirectory(atPath: schemas.folder)) == nil {
            throw SchemaFolderError(path: schemas.folder)
        }
        for id in schemas.files.keys.sorted() {
            _ = try DecodePlan(alertSchema: folder.schema(id: id))
        }
        return folder
    }

    func registryClient(waitUnknownMs: Int? = nil) throws -> RegistryClient? {
        guard !schemas.registry.isEmpty else { return nil }
        return try RegistryClient(
            RegistryConfiguration(
                url: schemas.registry, user: schemas.user, password: schemas.password,
                cacheFolder: schemas.cache.isEmpty ? nil : schemas.cache,
                waitUnknownMs: waitUnknownMs ?? schemas.waitUnknownMs, timeoutMs: schemas.timeoutMs))
    }
}

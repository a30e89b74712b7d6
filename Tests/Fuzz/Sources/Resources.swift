import AvroCoding
import Foundation

/// Schemas that inputs refer to by number or id: `APUS_FUZZ_SCHEMAS`, a folder that the scripts fill.
struct Resources {
    /// The writers' schemas of mode `B`: `body/*.json`, in the order of their names.
    let schemas: [[UInt8]]
    /// LSST's schemas for Confluent frames: `lsst/`.
    let schemaFolder: SchemaFolder?

    init() {
        guard let path = ProcessInfo.processInfo.environment["APUS_FUZZ_SCHEMAS"] else {
            schemas = [Array(ZTFSchema.simulated.utf8)]
            schemaFolder = nil
            return
        }
        let folder = URL(fileURLWithPath: path)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "body").path)) ?? []
        schemas = names.sorted().compactMap { name in
            FileManager.default.contents(atPath: folder.appending(path: "body/\(name)").path).map { [UInt8]($0) }
        }
        schemaFolder = SchemaFolder(path: folder.appending(path: "lsst").path)
    }
}

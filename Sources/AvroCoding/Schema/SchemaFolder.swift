public import Foundation
import Synchronization

/// Schemas on disk, for messages that name their schema and do not hold it.
///
/// The folder is laid out as in Rubin's `alert_packet` repository: `<major>/<minor>/lsst.v<major>_<minor>.*.avsc`, also
/// `<major>_<minor>/`. The id is 100 * major + minor: 901 is version 9.1, 1000 is 10.0. Schemas of other ids are files
/// given by name.
public struct SchemaFolder: Sendable {
    /// nil where there are single files alone.
    public let url: URL?
    /// Schema files by the id that frames name them with; they go before the folder's layout.
    public let files: [Int32: String]

    public init(path: String?, files: [Int32: String] = [:]) {
        url = path.map { URL(fileURLWithPath: $0) }
        self.files = files
    }

    /// The folder as a source: ids by the layout and the files, fingerprints of every schema file below the folder.
    ///
    /// Fingerprints are taken once, when the first is asked for.
    public var source: SchemaSource {
        let index = FingerprintIndex(self)
        return SchemaSource(
            byId: { id throws(AvroError) in try schema(id: id) },
            byFingerprint: { fingerprint throws(AvroError) in
                guard let schema = index.schemas[fingerprint] else {
                    throw .unknownFingerprint(fingerprint: fingerprint)
                }
                return schema
            })
    }

    /// The alert schema with an id, put together from its files.
    public func schema(id: Int32) throws(AvroError) -> AvroSchema {
        if let path = files[id] { return try Self.schema(path: path) }
        guard let url, id >= 100 else { throw .unknownSchemaId(id: id) }
        let version = "\(id / 100)_\(id % 100)"
        let alert = "lsst.v\(version).alert"
        for folder in [url.appending(path: "\(id / 100)/\(id % 100)"), url.appending(path: version)] {
            guard let text = FileManager.default.contents(atPath: folder.appending(path: alert + ".avsc").path) else {
                continue
            }
            return try Self.resolve([UInt8](text), in: folder, known: nil, loading: [alert])
        }
        throw .unknownSchemaId(id: id)
    }

    /// The schema of a file; types it refers to and does not define are read from the files beside it.
    public static func schema(path: String) throws(AvroError) -> AvroSchema {
        let file = URL(fileURLWithPath: path)
        let json = try MappedFile(path: path)
        return try resolve(
            [UInt8](json.bytes), in: file.deletingLastPathComponent(), known: nil,
            loading: [file.deletingPathExtension().lastPathComponent])
    }

    /// Every schema file below the folder, and those given by name, in the order of their paths.
    public var schemaPaths: [String] {
        var paths = Set(files.values)
        if let url, let walk = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil) {
            for case let file as URL in walk where file.pathExtension == "avsc" { paths.insert(file.path) }
        }
        return paths.sorted()
    }

    /// Parses a schema file; a type it refers to is read first from the file named like the type, where there is one.
    private static func resolve(
        _ json: [UInt8], in folder: URL, known: AvroSchema?, loading: Set<String>
    ) throws(AvroError) -> AvroSchema {
        var known = known
        for name in references(try JSONReader.parse(json)).sorted() where isFullName(name) {
            if loading.contains(name) || known?.named.contains(where: { $0.fullName == name }) == true { continue }
            guard let text = FileManager.default.contents(atPath: folder.appending(path: name + ".avsc").path) else {
                continue  // defined in this file, or the parser will say that it is nowhere
            }
            known = try resolve([UInt8](text), in: folder, known: known, loading: loading.union([name]))
        }
        return try AvroSchema(json: json, known: known)
    }

    /// A name with a namespace, of nothing but letters, digits, underscores and dots, so that it names no other folder.
    private static func isFullName(_ name: String) -> Bool {
        name.contains(".") && name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    /// Every text in the places where a type may stand.
    private static func references(_ json: JSONValue) -> Set<String> {
        switch json {
        case .string(let name): [name]
        case .array(let items): items.reduce(into: []) { $0.formUnion(references($1)) }
        case .object(let members):
            members.reduce(into: []) { names, member in
                switch member.key {
                case "type", "items", "values": names.formUnion(references(member.value))
                case "fields":
                    if case .array(let fields) = member.value {
                        for field in fields { names.formUnion(field["type"].map { references($0) } ?? []) }
                    }
                default: break
                }
            }
        default: []
        }
    }

    /// The folder's schemas by fingerprint, read when first asked for.
    private final class FingerprintIndex: Sendable {
        private let folder: SchemaFolder
        private let known = Mutex<[UInt64: AvroSchema]?>(nil)

        init(_ folder: SchemaFolder) {
            self.folder = folder
        }

        var schemas: [UInt64: AvroSchema] {
            known.withLock { known in
                if let known { return known }
                var schemas: [UInt64: AvroSchema] = [:]
                for path in folder.schemaPaths {
                    // A part that does not stand alone is no message's schema.
                    guard let schema = try? SchemaFolder.schema(path: path) else { continue }
                    schemas[schema.fingerprint] = schema
                }
                known = schemas
                return schemas
            }
        }
    }
}

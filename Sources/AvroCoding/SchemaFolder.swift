public import Foundation

/// LSST's schemas on disk, for Confluent frames, which name their schema by an id and do not hold it.
///
/// The folder is laid out as in Rubin's `alert_packet` repository: `<major>/<minor>/lsst.v<major>_<minor>.*.avsc`, also
/// `<major>_<minor>/`. The id is 100 * major + minor: 901 is version 9.1, 1000 is 10.0.
public struct SchemaFolder: Sendable {
    public let url: URL

    public init(path: String) {
        url = URL(fileURLWithPath: path)
    }

    /// The alert schema with an id, put together from its files.
    public func schema(id: Int32) throws(AvroError) -> AvroSchema {
        guard id >= 100 else { throw .unknownSchemaId(id: id) }
        let version = "\(id / 100)_\(id % 100)"
        let alert = "lsst.v\(version).alert"
        for folder in [url.appending(path: "\(id / 100)/\(id % 100)"), url.appending(path: version)] {
            guard let text = FileManager.default.contents(atPath: folder.appending(path: alert + ".avsc").path) else {
                continue
            }
            return try resolve([UInt8](text), in: folder, known: nil, loading: [alert])
        }
        throw .unknownSchemaId(id: id)
    }

    /// Parses a schema file; a type it refers to and does not define is read from the file named like the type, first.
    private func resolve(
        _ json: [UInt8], in folder: URL, known: AvroSchema?, loading: Set<String>
    ) throws(AvroError) -> AvroSchema {
        var known = known
        let namespace = "lsst."
        for name in Self.references(try JSONReader.parse(json)).sorted() where name.hasPrefix(namespace) {
            if loading.contains(name) || known?.named.contains(where: { $0.fullName == name }) == true { continue }
            guard let text = FileManager.default.contents(atPath: folder.appending(path: name + ".avsc").path) else {
                throw .unreadable(path: folder.appending(path: name + ".avsc").path, reason: "a schema refers to it")
            }
            known = try resolve([UInt8](text), in: folder, known: known, loading: loading.union([name]))
        }
        return try AvroSchema(json: json, known: known)
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
}

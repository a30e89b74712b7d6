import AvroCoding

/// A schema's JSON text and those of the schemas that it refers to, which come first.
struct SchemaText: Codable, Equatable, Sendable {
    /// In an order in which each refers to earlier ones alone; the last is the schema itself.
    var parts: [String]

    func parse() throws(AvroError) -> AvroSchema {
        var known: AvroSchema?
        for part in parts { known = try AvroSchema(json: Array(part.utf8), known: known) }
        guard let known else { throw .schemaInvalid(reason: "there is none", location: "the registry's answer") }
        return known
    }
}

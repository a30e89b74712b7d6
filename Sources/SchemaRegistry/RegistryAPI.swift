import Foundation

/// The three requests of the Confluent Schema Registry's HTTP interface that reading a stream needs.
struct RegistryAPI: Sendable {
    private struct Answer: Decodable {
        var schema: String?
        /// Left out for Avro.
        var schemaType: String?
        var references: [Reference]?
    }

    private struct Reference: Decodable {
        var name: String
        var subject: String
        var version: Int
    }

    private struct Refusal: Decodable {
        var errorCode: Int

        enum CodingKeys: String, CodingKey {
            case errorCode = "error_code"
        }
    }

    let http: HTTPClient

    /// "Schema not found" (Confluent Schema Registry, "API reference").
    private static let schemaNotFound = 40403
    /// More than a survey's schema is ever divided into; references that go in a circle end here.
    private static let mostReferences = 64

    /// The Avro schema with an id, and those that it refers to.
    func schema(id: Int32) throws(RegistryError) -> SchemaText {
        let (status, body) = try http.get("/schemas/ids/\(id)")
        if status == 404 {
            // A wrong path or a proxy answers 404 too; only the registry's own code says that the id is unknown.
            guard let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(body)) else {
                throw .nonsense(reason: "HTTP status 404 without a registry's error code")
            }
            guard refusal.errorCode == Self.schemaNotFound else {
                throw .nonsense(reason: "HTTP status 404 with error code \(refusal.errorCode)")
            }
            throw .unknownId(id)
        }
        let answer = try answer(status, body)
        var parts: [String] = []
        var asked = 0
        try append(answer, to: &parts, &asked)
        return SchemaText(parts: parts)
    }

    /// The kinds of schema that the registry takes; for a check that it is one.
    func schemaTypes() throws(RegistryError) -> [String] {
        let (status, body) = try http.get("/schemas/types")
        try Self.check(status)
        guard let types = try? JSONDecoder().decode([String].self, from: Data(body)) else {
            throw .nonsense(reason: "/schemas/types should give a list of names")
        }
        return types
    }

    // MARK: - Answers

    /// Appends what a schema refers to, depth first, then the schema.
    private func append(
        _ answer: (schema: String, references: [Reference]), to parts: inout [String], _ asked: inout Int
    ) throws(RegistryError) {
        for reference in answer.references {
            asked += 1
            guard asked <= Self.mostReferences else { throw .nonsense(reason: "the schema has too many references") }
            guard let subject = reference.subject.addingPercentEncoding(withAllowedCharacters: .alphanumerics) else {
                throw .nonsense(reason: "a reference without a subject")
            }
            let (status, body) = try http.get("/subjects/\(subject)/versions/\(reference.version)")
            try append(self.answer(status, body), to: &parts, &asked)
        }
        // Two parts may refer to one.
        if !parts.contains(answer.schema) { parts.append(answer.schema) }
    }

    private func answer(_ status: Int, _ body: [UInt8]) throws(RegistryError) -> (schema: String, references: [Reference]) {
        try Self.check(status)
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)) else {
            throw .nonsense(reason: "\(body.count) bytes that are not the JSON of a schema")
        }
        guard let schema = answer.schema else { throw .nonsense(reason: "JSON without a schema") }
        let type = answer.schemaType ?? "AVRO"
        guard type == "AVRO" else { throw .nonsense(reason: "the schema is of type \(type), not AVRO") }
        return (schema, answer.references ?? [])
    }

    private static func check(_ status: Int) throws(RegistryError) {
        switch status {
        case 200: return
        case 401, 403: throw .refused(status: status)
        default: throw .status(status)
        }
    }
}

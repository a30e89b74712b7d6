import Foundation

extension Preset {
    /// The preset that a model file declares: the name of a built-in one, or a definition as JSON, which is validated.
    ///
    /// A definition says everything that `json` writes: a field too many or too few is an error that names it.
    public init(declaration: String) throws(LightCurveError) {
        guard declaration.drop(while: \.isWhitespace).first == "{" else {
            self = try Preset.named(declaration)
            return
        }
        let data = Data(declaration.utf8)
        do {
            self = try JSONDecoder().decode(Preset.self, from: data)
        } catch {
            throw Self.fault(error)
        }
        if let field = JSONTree.fieldThatIsOnly(in: data, notIn: Data(try json().utf8)) {
            throw .invalidPreset(field: field, reason: "there is no such field")
        }
    }

    /// The definition as JSON, sorted keys and no spaces: the same preset gives the same text.
    public func json() throws(LightCurveError) -> String {
        try validate()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            throw .invalidPreset(field: name, reason: "it cannot be written as JSON")
        }
    }

    private static func fault(_ error: any Error) -> LightCurveError {
        func path(_ keys: [any CodingKey]) -> String {
            keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return .invalidPreset(field: path(context.codingPath + [key]), reason: "it is missing")
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            return .invalidPreset(field: path(context.codingPath), reason: context.debugDescription)
        default:
            return .invalidPreset(field: "", reason: "it is not JSON")
        }
    }
}

/// The shape of a JSON text: which keys it has where.
private indirect enum JSONTree: Decodable {
    case object([String: JSONTree])
    case array([JSONTree])
    case value

    init(from decoder: any Decoder) throws {
        if let object = try? [String: JSONTree](from: decoder) {
            self = .object(object)
        } else if let array = try? [JSONTree](from: decoder) {
            self = .array(array)
        } else {
            self = .value
        }
    }

    /// The path of the first key, in alphabetical order, that one text has and the other has not.
    static func fieldThatIsOnly(in text: Data, notIn other: Data) -> String? {
        let decoder = JSONDecoder()
        guard let tree = try? decoder.decode(JSONTree.self, from: text),
            let known = try? decoder.decode(JSONTree.self, from: other)
        else { return nil }
        return tree.pathUnknown(to: known)
    }

    private func pathUnknown(to known: JSONTree) -> String? {
        switch (self, known) {
        case (.object(let fields), .object(let knownFields)):
            for (key, field) in fields.sorted(by: { $0.key < $1.key }) {
                guard let knownField = knownFields[key] else { return key }
                if let path = field.pathUnknown(to: knownField) { return "\(key).\(path)" }
            }
            return nil
        case (.array(let items), .array(let knownItems)):
            for (index, (item, knownItem)) in zip(items, knownItems).enumerated() {
                if let path = item.pathUnknown(to: knownItem) { return "\(index).\(path)" }
            }
            return nil
        default:
            return nil
        }
    }
}

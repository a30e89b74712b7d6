import Foundation

/// The metadata as the string map of a safetensors header.
extension ModelMetadata {
    static let format = "apus-model"
    static let formatVersion = "1"

    /// Keys of the map beside `sha256`, which the file's layout puts first.
    enum Field: String, CaseIterable {
        case architecture, calibration, classes, format
        case formatVersion = "format_version"
        case name, preset, provenance, quantisation
    }

    /// Every field as text, structured ones as JSON with sorted keys.
    func fields() throws(ModelFileError) -> [Field: String] {
        [
            .format: Self.format,
            .formatVersion: Self.formatVersion,
            .name: name,
            .architecture: try Self.encode(architecture, .architecture),
            .preset: preset,
            .classes: try Self.encode(classes, .classes),
            .quantisation: quantisation == nil ? "none" : try Self.encode(quantisation, .quantisation),
            .calibration: try Self.encode(calibration, .calibration),
            .provenance: try Self.encode(provenance, .provenance),
        ]
    }

    /// Reads the map of a file whose checksum has been verified; the error names the field.
    init(fields strings: [String: String], path: String) throws(ModelFileError) {
        func text(_ field: Field) throws(ModelFileError) -> String {
            guard let text = strings[field.rawValue] else {
                throw .invalidField(path: path, field: field.rawValue, reason: "it is missing")
            }
            return text
        }
        for key in strings.keys.sorted() where key != "sha256" && Field(rawValue: key) == nil {
            throw .invalidField(
                path: path, field: key, reason: "format version \(Self.formatVersion) has no such field")
        }
        name = try text(.name)
        preset = try text(.preset)
        architecture = try Self.decode(try text(.architecture), .architecture, path)
        classes = try Self.decode(try text(.classes), .classes, path)
        calibration = try Self.decode(try text(.calibration), .calibration, path)
        provenance = try Self.decode(try text(.provenance), .provenance, path)
        let quantisation = try text(.quantisation)
        self.quantisation = quantisation == "none" ? nil : try Self.decode(quantisation, .quantisation, path)
    }

    private static func encode<Value: Encodable>(_ value: Value, _ field: Field) throws(ModelFileError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw .invalidField(
                path: "the model", field: field.rawValue, reason: "it holds a number JSON cannot express")
        }
    }

    private static func decode<Value: Decodable>(
        _ text: String, _ field: Field, _ path: String
    ) throws(ModelFileError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            let (place, reason) = JSONFault.explain(error)
            let name = ([field.rawValue] + place).joined(separator: ".")
            throw .invalidField(path: path, field: name, reason: reason)
        }
    }
}

/// A decoding error in a few words.
enum JSONFault {
    /// The path of keys to the fault, and what is wrong there.
    static func explain(_ error: any Error) -> (place: [String], reason: String) {
        func keys(_ path: [any CodingKey]) -> [String] { path.map(\.stringValue) }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return (keys(context.codingPath) + [key.stringValue], "it is missing")
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return (keys(context.codingPath), context.debugDescription)
        case DecodingError.dataCorrupted(let context):
            return (keys(context.codingPath), context.debugDescription)
        default:
            return ([], "it is not JSON")
        }
    }
}

public import Foundation

/// Writes `.apus` files; the same input always gives the same bytes.
public struct ModelWriter {
    /// The bytes of a model file.
    ///
    /// The tensors may come in any order; each must be one that the architecture names, int8 ones with their scale.
    /// What is returned has passed every check of `Model`, so a file that was written can be read.
    public static func encode(_ metadata: ModelMetadata, _ tensors: [ModelTensor]) throws(ModelFileError) -> Data {
        try metadata.validate(path: "the model")
        let ordered = try order(tensors, for: metadata)
        var entries: [String] = []
        var body = Data()
        for tensor in ordered {
            append(padding: ModelFileLayout.aligned(body.count) - body.count, to: &body, &entries)
            entries.append(try entry(tensor, at: body.count))
            append(tensor.values, to: &body)
        }
        let header = try header(metadata, entries)
        var file = Data(capacity: 8 + header.utf8.count + body.count)
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { file.append(contentsOf: $0) }
        file.append(contentsOf: header.utf8)
        file.append(body)
        file.replaceSubrange(ModelFileLayout.digestRange, with: Data(try ModelFileLayout.digest(file).utf8))
        _ = try Model(file, name: "the model")
        return file
    }

    /// Writes a model file; a file that was there is replaced in one step and stays whole for those that have it open.
    public static func write(
        _ metadata: ModelMetadata, _ tensors: [ModelTensor], to path: String
    ) throws(ModelFileError) {
        let file = try encode(metadata, tensors)
        do {
            try file.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw .unwritable(path: path, reason: error.localizedDescription)
        }
    }

    /// The tensors in the architecture's order, each scale behind its kernel.
    private static func order(
        _ tensors: [ModelTensor], for metadata: ModelMetadata
    ) throws(ModelFileError) -> [ModelTensor] {
        var remaining: [String: ModelTensor] = [:]
        for tensor in tensors {
            guard remaining.updateValue(tensor, forKey: tensor.name) == nil else {
                throw .unexpectedTensor(name: "\(tensor.name) (given twice)")
            }
        }
        var ordered: [ModelTensor] = []
        for specification in metadata.tensors {
            guard let tensor = remaining.removeValue(forKey: specification.name) else {
                throw .missingTensor(name: specification.name)
            }
            ordered.append(tensor)
            if let scaleName = specification.scaleName, let scale = remaining.removeValue(forKey: scaleName) {
                ordered.append(scale)
            }
        }
        if let name = remaining.keys.min() { throw .unexpectedTensor(name: name) }
        return ordered
    }

    private static func append(padding count: Int, to body: inout Data, _ entries: inout [String]) {
        guard count > 0 else { return }
        let name = "\(ModelFileLayout.paddingPrefix)\(body.count)"
        let range = "[\(body.count),\(body.count + count)]"
        entries.append(#""\#(name)":{"dtype":"U8","shape":[\#(count)],"data_offsets":\#(range)}"#)
        body.append(Data(count: count))
    }

    private static func append(_ values: ModelTensor.Values, to body: inout Data) {
        switch values {
        case .float32(let values): values.withUnsafeBytes { body.append(contentsOf: $0) }
        case .int8(let values): values.withUnsafeBytes { body.append(contentsOf: $0) }
        }
    }

    private static func entry(_ tensor: ModelTensor, at offset: Int) throws(ModelFileError) -> String {
        let values = tensor.values
        // Division instead of a product: extents come from the caller.
        var count = values.count
        for extent in tensor.shape {
            guard extent > 0, count % extent == 0 else { count = 0; break }
            count /= extent
        }
        guard count == 1 else {
            throw .tensorMismatch(name: tensor.name, expected: "\(tensor.shape)", found: "\(values.count) values")
        }
        let shape = tensor.shape.map(String.init).joined(separator: ",")
        let end = offset + values.count * values.type.byteCount
        let type = values.type.rawValue
        return #""\#(tensor.name)":{"dtype":"\#(type)","shape":[\#(shape)],"data_offsets":[\#(offset),\#(end)]}"#
    }

    /// The header with a blank digest, padded with spaces so that the tensors start aligned.
    private static func header(_ metadata: ModelMetadata, _ entries: [String]) throws(ModelFileError) -> String {
        let fields = try metadata.fields()
        var text = ModelFileLayout.prefix + String(decoding: ModelFileLayout.blankDigest, as: UTF8.self) + "\""
        for field in ModelMetadata.Field.allCases {
            text += ",\"\(field.rawValue)\":\(quoted(fields[field, default: ""]))"
        }
        text += "}," + entries.joined(separator: ",") + "}"
        let end = 8 + text.utf8.count
        return text + String(repeating: " ", count: ModelFileLayout.aligned(end) - end)
    }

    /// A JSON string.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..<" ":
                let code = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - code.count) + code
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

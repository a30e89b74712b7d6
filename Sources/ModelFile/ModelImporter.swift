public import Foundation

/// A model read from another format, ready to be written.
public struct ImportedModel: Sendable {
    public var metadata: ModelMetadata
    public var tensors: [ModelTensor]

    /// Writes it as an `.apus` file.
    public func write(to path: String) throws(ModelFileError) {
        try ModelWriter.write(metadata, tensors, to: path)
    }

    /// The verified model without a file.
    public func model() throws(ModelFileError) -> Model {
        try Model(try ModelWriter.encode(metadata, tensors), name: metadata.name)
    }
}

/// Reads networks of the t2 family from the formats in which they were published.
public enum ModelImporter {
    /// What the published `.tflite` files leave unsaid: their 14 classes, in the order of the network's outputs.
    public static let publishedClasses = [
        "mu-Lens-Single", "TDE", "EB", "SNII", "SNIax", "Mira", "SNIbc", "KN", "M-dwarf", "SNIa-91bg", "AGN", "SNIa",
        "RRL",
        "SLSN-I",
    ]
    /// The preprocessing of the published networks.
    public static let publishedPreset = "fink-t2"

    /// Imports a safetensors or `.tflite` file, which is recognised by its content.
    ///
    /// - Parameters:
    ///   - name: what to call the model; by default the configuration's name, else the file's without extension.
    ///   - classes: class names in output order; by default those of the configuration, else the published 14.
    ///   - configurationPath: the JSON file with a safetensors file's architecture; by default the same path ending
    ///     in `.json`. A `.tflite` needs none.
    ///   - date: the day to record; the caller's, so that the same import gives the same bytes.
    public static func importModel(
        path: String, name: String? = nil, preset: String = publishedPreset, classes: [String]? = nil,
        configurationPath: String? = nil, date: String
    ) throws(ModelFileError) -> ImportedModel {
        try importModel(
            MappedFile.open(path), path: path, name: name, preset: preset, classes: classes,
            configurationPath: configurationPath, date: date)
    }

    /// Imports the bytes of a file; `path` is only what they are called and where the configuration is looked for.
    public static func importModel(
        _ contents: Data, path: String, name: String? = nil, preset: String = publishedPreset, classes: [String]? = nil,
        configurationPath: String? = nil, date: String
    ) throws(ModelFileError) -> ImportedModel {
        let file = URL(fileURLWithPath: path)
        let configuration = configurationPath ?? file.deletingPathExtension().appendingPathExtension("json").path
        var network: ImportedNetwork
        var names = (model: name, classes: classes)
        let importer: String
        if contents.count >= 8, contents.dropFirst(4).starts(with: TFLiteGraph.identifier) {
            network = try TFLiteImport([UInt8](contents), path: path).network()
            importer = "apus tflite importer 1"
        } else if contents.dropFirst(8).first == UInt8(ascii: "{") {
            let safetensors = try Safetensors(contents, name: path)
            guard safetensors.metadata[ModelMetadata.Field.format.rawValue] != ModelMetadata.format else {
                throw .unsupportedNetwork(path: path, reason: "it is a model file of ours already; use it as it is")
            }
            let source = try SafetensorsImport(safetensors, path: path, configurationPath: configuration)
            network = try source.network()
            names.model = names.model ?? source.configuration.name
            names.classes = names.classes ?? source.configuration.classes
            importer = "apus safetensors importer 1"
        } else {
            throw .damaged(path: path, reason: "it begins neither as a .tflite nor as a safetensors file")
        }
        network.unifyScales()
        let digest = contents.withUnsafeBytes { bytes in
            Result { () throws(ModelFileError) in try SHA256.hex(bytes) }
        }
        let metadata = ModelMetadata(
            name: names.model ?? file.deletingPathExtension().lastPathComponent, architecture: network.architecture,
            preset: preset, classes: names.classes ?? publishedClasses, quantisation: network.quantisation,
            provenance: Provenance(
                source: file.lastPathComponent, sourceSha256: try digest.get(), importer: importer, date: date))
        try metadata.validate(path: path)
        return ImportedModel(metadata: metadata, tensors: network.tensors)
    }
}

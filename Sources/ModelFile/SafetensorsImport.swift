import Foundation

/// Reads a network of the t2 family from safetensors with bare names and a JSON file that gives the architecture.
///
/// Names as published: `attn.query.kernel`, `ffn.0.bias`, `ln1.gamma` and so on, with `layers.<i>.` before them when
/// there are several blocks; an int8 kernel is `<name>.int8` with `<name>.scale`.
struct SafetensorsImport {
    /// The fields of the JSON file that are used; it may have more.
    struct Configuration: Decodable {
        var inputShape: [Int]
        var embedDim: Int
        var numHeads: Int
        var headDim: Int
        var ffDim: Int
        var numLayers: Int
        var numClasses: Int
        var classes: [String]?
        var layernormEps: Double
        var name: String?
    }

    private static let firstBlock = "layers.0."
    private let file: Safetensors
    private let path: String
    let configuration: Configuration

    init(_ file: Safetensors, path: String, configurationPath: String) throws(ModelFileError) {
        self.file = file
        self.path = path
        let text: Data
        do {
            text = try Data(contentsOf: URL(fileURLWithPath: configurationPath))
        } catch {
            let reason = "\(error.localizedDescription); it must give the architecture of \(path)"
            throw .unreadable(path: configurationPath, reason: reason)
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            configuration = try decoder.decode(Configuration.self, from: text)
        } catch {
            let (place, reason) = JSONFault.explain(error)
            throw .invalidField(path: configurationPath, field: place.joined(separator: "."), reason: reason)
        }
        guard configuration.inputShape.count == 2 else {
            throw .invalidField(path: configurationPath, field: "input_shape", reason: "it is not [length, channels]")
        }
    }

    /// A network of one block may do without the block's prefix.
    private var hasBareNames: Bool {
        configuration.numLayers == 1 && !file.entries.keys.contains { $0.hasPrefix(Self.firstBlock) }
    }

    func network() throws(ModelFileError) -> ImportedNetwork {
        let architecture = Architecture(
            length: configuration.inputShape[0], channels: configuration.inputShape[1], embed: configuration.embedDim,
            heads: configuration.numHeads, headDim: configuration.headDim, ff: configuration.ffDim,
            layers: configuration.numLayers, classes: configuration.numClasses,
            layerNormEpsilon: configuration.layernormEps)
        if let fault = architecture.firstFault() {
            throw .invalidField(path: path, field: fault.field, reason: fault.reason)
        }
        var network = ImportedNetwork(architecture: architecture)
        var remaining = Set(file.entries.keys)
        for specification in architecture.tensors {
            try append(specification, to: &network, &remaining)
        }
        if remaining.remove("positional_encoding") != nil {
            try network.verify(positionCode: try file.values("positional_encoding"), path: path)
        }
        if let name = remaining.min() { throw .unexpectedTensor(name: name) }
        return network
    }

    private func append(
        _ specification: TensorSpecification, to network: inout ImportedNetwork, _ remaining: inout Set<String>
    ) throws(ModelFileError) {
        var source = specification.name
        if hasBareNames, source.hasPrefix(Self.firstBlock) { source.removeFirst(Self.firstBlock.count) }
        let quantised = "\(source).int8"
        if specification.scaleName != nil, let entry = file.entries[quantised] {
            let scaleName = "\(source).scale"
            let scales = try file.values(scaleName, as: Float.self)
            network.append(int8: specification.name, entry.shape, try file.values(quantised), scales: scales)
            remaining.subtract([quantised, scaleName])
        } else {
            guard let entry = file.entries[source] else { throw .missingTensor(name: source) }
            network.append(specification.name, entry.shape, try file.values(source))
            remaining.remove(source)
        }
    }
}

extension Model {
    /// Everything the file says about itself, and its tensors, as lines of text for people.
    public func describe() -> [String] {
        let shape = metadata.architecture
        let network =
            "\(shape.kind.rawValue), input \(shape.length) x \(shape.channels), embed \(shape.embed), "
            + "\(shape.heads) heads x \(shape.headDim), ff \(shape.ff), \(shape.layers) layer(s), "
            + "\(shape.scalars) scalars, head \(shape.head), \(shape.classes) classes"
        let rules =
            "position \(shape.position.rawValue), pooling \(shape.pooling.rawValue), "
            + "layer norm epsilon \(shape.layerNormEpsilon)"
        let quantisation =
            metadata.quantisation.map {
                "\($0.weights.rawValue), \($0.granularity.rawValue), "
                    + ($0.activations == nil ? "for float engines" : "frozen activation ranges: for every engine")
            } ?? "none"
        var lines = [
            ("name", metadata.name), ("sha256", sha256),
            ("format", "\(ModelMetadata.format) \(ModelMetadata.formatVersion)"),
            ("architecture", network), ("", rules), ("preset", metadata.presetName ?? ""),
            ("classes", metadata.classes.joined(separator: ", ")), ("quantisation", quantisation),
            ("calibration", "temperature \(metadata.calibration.temperature)"),
            ("source", metadata.provenance.source), ("", "sha256 \(metadata.provenance.sourceSha256)"),
            ("importer", "\(metadata.provenance.importer), \(metadata.provenance.date)"),
        ].map { Self.padded($0.0, 14) + $0.1 }
        if let definition = metadata.presetDefinition { lines.append(Self.padded("", 14) + definition) }
        let nameWidth = (tensors.map(\.name.count).max() ?? 0) + 2
        let shapeWidth = (tensors.map { "\($0.shape)".count }.max() ?? 0) + 2
        lines.append("tensors")
        for tensor in tensors {
            let left = "  " + Self.padded(tensor.name, nameWidth) + Self.padded("\(tensor.shape)", shapeWidth)
            lines.append(left + Self.padded(tensor.type.rawValue, 5) + "\(tensor.byteCount) bytes")
        }
        let tensorBytes = tensors.reduce(0) { $0 + $1.byteCount }
        lines.append(
            "total         \(shape.parameterCount) parameters, \(tensorBytes) bytes of tensors, "
                + "\(byteCount) bytes of file"
        )
        return lines
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

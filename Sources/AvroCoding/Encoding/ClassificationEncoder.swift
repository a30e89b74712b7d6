public import Alerts

/// Writes classifications in the schema `ClassificationSchema.json`, for a stream of results.
///
/// A value type with scratch memory: one for each thread.
public struct ClassificationEncoder {
    /// The model's name and SHA-256, as the record has them.
    private let modelFields: [UInt8]
    /// Each class's name, as the record has it.
    private let classNames: [[UInt8]]
    private let header: [UInt8]
    private let sync: [UInt8]
    private var body: [UInt8] = []

    /// - Parameter classes: the names of the probabilities, in their order.
    public init(model: String, modelSha256: String, classes: [String]) {
        var modelFields: [UInt8] = []
        modelFields.appendText(model)
        modelFields.appendText(modelSha256)
        self.modelFields = modelFields
        classNames = classes.map { name in
            var bytes: [UInt8] = []
            bytes.appendText(name)
            return bytes
        }
        let writer = ContainerWriter(schema: ClassificationSchema.json, codec: .null, seed: 1)
        var header: [UInt8] = []
        writer.appendHeader(to: &header)
        self.header = header
        sync = writer.sync
    }

    /// Replaces `bytes` by one complete container with one record.
    ///
    /// - Parameter probabilities: one for each class, in order; none may be NaN.
    public mutating func encodeMessage(
        _ alert: Alert, probabilities: ArraySlice<Float>, into bytes: inout [UInt8]
    ) throws(AvroError) {
        try encodeScratch(alert, probabilities)
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: header)
        bytes.appendInteger(1)
        bytes.appendInteger(Int64(body.count))
        bytes.append(contentsOf: body)
        bytes.append(contentsOf: sync)
    }

    /// Replaces `bytes` by a Confluent frame.
    ///
    /// - Parameter schemaId: the id under which the registry has `ClassificationSchema.json`.
    public mutating func encodeFrame(
        _ alert: Alert, probabilities: ArraySlice<Float>, schemaId: Int32, into bytes: inout [UInt8]
    ) throws(AvroError) {
        try encodeScratch(alert, probabilities)
        bytes.removeAll(keepingCapacity: true)
        Framing.appendConfluentHead(id: schemaId, to: &bytes)
        bytes.append(contentsOf: body)
    }

    /// Replaces `bytes` by the record's body alone, for `ContainerWriter.append`.
    public func encodeBody(
        _ alert: Alert, probabilities: ArraySlice<Float>, into bytes: inout [UInt8]
    ) throws(AvroError) {
        guard probabilities.count == classNames.count, !probabilities.isEmpty else {
            throw .unencodable(reason: "it has \(probabilities.count) probabilities for \(classNames.count) classes")
        }
        guard !probabilities.contains(where: \.isNaN) else {
            throw .unencodable(reason: "one of its probabilities is not a number")
        }
        var top = probabilities.startIndex
        for index in probabilities.indices where probabilities[index] > probabilities[top] { top = index }
        bytes.removeAll(keepingCapacity: true)
        bytes.appendInteger(alert.candid)
        bytes.appendInteger(Int64(alert.objectId.count))
        alert.objectId.withUTF8 { bytes.append(contentsOf: $0) }
        bytes.appendDouble(alert.jd)
        bytes.append(contentsOf: modelFields)
        bytes.append(contentsOf: classNames[top - probabilities.startIndex])
        bytes.appendFloat(probabilities[top])
        bytes.appendInteger(Int64(classNames.count))
        for (name, probability) in zip(classNames, probabilities) {
            bytes.append(contentsOf: name)
            bytes.appendFloat(probability)
        }
        bytes.appendInteger(0)
    }

    private mutating func encodeScratch(_ alert: Alert, _ probabilities: ArraySlice<Float>) throws(AvroError) {
        // The scratch memory is taken out of self for the call, so that it is not copied.
        var body: [UInt8] = []
        swap(&body, &self.body)
        defer { swap(&body, &self.body) }
        try encodeBody(alert, probabilities: probabilities, into: &body)
    }
}

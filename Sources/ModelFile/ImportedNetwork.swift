/// What an importer takes from another format: the network, and nothing yet about what it is for.
struct ImportedNetwork {
    var architecture: Architecture
    private(set) var tensors: [ModelTensor] = []
    private(set) var quantisation: Quantisation?

    init(architecture: Architecture) {
        self.architecture = architecture
    }

    mutating func append(_ name: String, _ values: [Float]) {
        append(name, [values.count], values)
    }

    mutating func append(_ name: String, _ shape: [Int], _ values: [Float]) {
        tensors.append(ModelTensor(name, shape: shape, .float32(values)))
    }

    /// Appends an int8 kernel [in, out] and its scale: one, or one for each output.
    mutating func append(int8 name: String, _ shape: [Int], _ values: [Int8], scales: [Float]) {
        tensors.append(ModelTensor(name, shape: shape, .int8(values)))
        append("\(name).scale", scales)
        let granularity: Quantisation.Granularity =
            scales.count > 1 || quantisation?.granularity == .perChannel ? .perChannel : .perTensor
        quantisation = Quantisation(granularity: granularity)
    }

    /// Gives every kernel one scale per output if some have that: a file has one granularity.
    mutating func unifyScales() {
        guard quantisation?.granularity == .perChannel else { return }
        for specification in architecture.tensors {
            guard let scaleName = specification.scaleName,
                let index = tensors.firstIndex(where: { $0.name == scaleName }),
                case .float32(let scales) = tensors[index].values, scales.count == 1
            else { continue }
            let outputs = specification.shape[1]
            tensors[index] = ModelTensor(
                scaleName, shape: [outputs], .float32(Array(repeating: scales[0], count: outputs)))
        }
    }

    /// Refuses a position code that is not the sinusoid, which engines compute and files do not hold.
    func verify(positionCode: [Float], path: String) throws(ModelFileError) {
        if let fault = architecture.firstFault() {
            throw .invalidField(path: path, field: fault.field, reason: fault.reason)
        }
        // Counted first, so that a small file cannot ask for a large table.
        guard positionCode.count == architecture.length * architecture.embed else {
            let found = "\(positionCode.count) values for \(architecture.length) x \(architecture.embed)"
            throw .unsupportedNetwork(path: path, reason: "its position code has \(found)")
        }
        let sinusoid = SinusoidCode.values(length: architecture.length, embed: architecture.embed)
        // One step of fp32 at 1 is 1.2e-7; other programs may have rounded the angle.
        guard zip(positionCode, sinusoid).allSatisfy({ abs($0 - $1) <= 2e-5 }) else {
            throw .unsupportedNetwork(path: path, reason: "its position code is not the fixed sinusoid")
        }
    }
}

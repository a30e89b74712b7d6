import ModelFile

/// A dense layer's kernel as integers, one scale for each output, and its bias: K = scale[n] weights[k, n].
struct IntegerColumns {
    private(set) var inputs: Int
    private(set) var outputs: Int
    /// (inputs, outputs) row-major.
    private(set) var weights: [Int16]
    private(set) var scales: [Double]
    private(set) var bias: [Double]
    /// Whether weights are of 8 bits and go with activations of 8 bits.
    let isNarrow: Bool

    /// The largest 16-bit activation for this many inputs: what leaves weights ten bits or more.
    static func activationLimit(inputs: Int) -> Int32 {
        Int32(min(32_767, Int(Int32.max) / (1_023 * inputs)))
    }

    /// An int8 kernel as it is in the file; a float one in as many bits as 32-bit sums allow.
    init(_ name: String, inputs: Int, outputs: Int, of model: Model) throws(ModelFileError) {
        self.inputs = inputs
        self.outputs = outputs
        bias = try model.floats("\(name).bias").map(Double.init)
        let kernel = "\(name).kernel"
        isNarrow = model.tensors.contains { $0.name == kernel && $0.type == .int8 }
        if isNarrow {
            weights = try model.values(kernel, as: Int8.self).map(Int16.init)
            let scale = try model.values("\(kernel).scale", as: Float.self)
            scales = (0..<outputs).map { Double(scale[scale.count == 1 ? 0 : $0]) }
            return
        }
        let values = try model.floats(kernel)
        // The sum of a column's magnitudes times the largest activation stays within 31 bits; rounding adds half of one
        // for each input.
        let most = Double(Int32.max / Self.activationLimit(inputs: inputs)) - Double(inputs) / 2
        let scales = (0..<outputs).map { n in
            var (total, largest) = (0.0, 0.0)
            for k in 0..<inputs {
                let magnitude = Double(abs(values[k * outputs + n]))
                total += magnitude
                largest = max(largest, magnitude)
            }
            let scale = max(total / most, largest / 32_767)
            return scale > 0 ? scale : 1
        }
        self.scales = scales
        weights = values.indices.map { index in
            Int16((Double(values[index]) / scales[index % outputs]).rounded(.toNearestOrEven))
        }
    }

    /// With zero outputs put in so that each of `heads` has `padded` instead of `dim`.
    func paddingOutputs(heads: Int, dim: Int, to padded: Int) -> IntegerColumns {
        guard padded != dim else { return self }
        var result = self
        let places = (0..<(heads * padded)).map { $0 % padded < dim ? $0 / padded * dim + $0 % padded : nil }
        result.outputs = places.count
        result.weights = (0..<inputs).flatMap { k in places.map { $0.map { weights[k * outputs + $0] } ?? 0 } }
        result.scales = places.map { $0.map { scales[$0] } ?? 1 }
        result.bias = places.map { $0.map { bias[$0] } ?? 0 }
        return result
    }

    /// With zero inputs put in likewise.
    func paddingInputs(heads: Int, dim: Int, to padded: Int) -> IntegerColumns {
        guard padded != dim else { return self }
        var result = self
        result.inputs = heads * padded
        result.weights = (0..<result.inputs).flatMap { k in
            let row = k / padded * dim + k % padded
            return k % padded < dim
                ? Array(weights[(row * outputs)..<((row + 1) * outputs)]) : Array(repeating: 0, count: outputs)
        }
        return result
    }

    /// Outputs of this, then those of another layer on the same inputs.
    func joined(with other: IntegerColumns) -> IntegerColumns {
        var result = self
        result.outputs = outputs + other.outputs
        result.weights = []
        for k in 0..<inputs {
            result.weights += weights[(k * outputs)..<((k + 1) * outputs)]
            result.weights += other.weights[(k * other.outputs)..<((k + 1) * other.outputs)]
        }
        result.scales += other.scales
        result.bias += other.bias
        return result
    }
}

/// Steps of a network found in the operators of a graph by following it backwards from what they compute.
///
/// Converters take a dense layer apart (reshape, matrix product, reshape, add) and write a layer normalisation as ten
/// operators; each function here puts one of them together again and refuses anything that computes something else.
struct TFLiteOperators {
    struct Dense {
        var input: Int
        var kernel: Int
        var bias: Int
        var hasReLU: Bool
    }

    struct LayerNorm {
        var input: Int
        var gamma: Int
        var beta: Int
        var epsilon: Float
    }

    let graph: TFLiteGraph

    func unsupported(_ reason: String) -> ModelFileError {
        .unsupportedNetwork(path: graph.buffer.path, reason: reason)
    }

    /// The operator that computes a tensor, which must be of the given code.
    func producer(of tensor: Int, _ code: TFLiteGraph.Code, _ role: String) throws(ModelFileError)
        -> TFLiteGraph.Operator
    {
        guard let index = graph.producers[tensor], graph.operators[index].code == code else {
            throw unsupported("tensor \(tensor) is not the result of \(code), as the \(role) of the network would be")
        }
        return graph.operators[index]
    }

    func isProduced(_ tensor: Int, by code: TFLiteGraph.Code) -> Bool {
        graph.producers[tensor].map { graph.operators[$0].code == code } ?? false
    }

    func operand(_ index: Int, of operation: TFLiteGraph.Operator) throws(ModelFileError) -> Int {
        guard index < operation.inputs.count, operation.inputs[index] >= 0 else {
            throw unsupported("a \(operation.code) lacks operand \(index)")
        }
        return operation.inputs[index]
    }

    /// The tensor behind operators that change only the shape.
    func passingReshapes(_ tensor: Int) throws(ModelFileError) -> Int {
        var tensor = tensor
        while let index = graph.producers[tensor] {
            let operation = graph.operators[index]
            guard [.reshape, .expandDims, .squeeze].contains(operation.code) else { break }
            tensor = try operand(0, of: operation)
        }
        return tensor
    }

    /// The operands of an operator that does not mind their order: the one that satisfies `condition` and the other.
    func split(
        _ operation: TFLiteGraph.Operator, _ role: String, _ condition: (Int) -> Bool
    ) throws(ModelFileError) -> (matching: Int, other: Int) {
        let first = try operand(0, of: operation)
        let second = try operand(1, of: operation)
        if condition(first) { return (first, second) }
        if condition(second) { return (second, first) }
        throw unsupported("no operand of a \(operation.code) is the \(role)")
    }

    /// Whether an operator ends in a ReLU; any other activation is refused. `field` is the option's number in the
    /// operator's table.
    func hasReLU(_ operation: TFLiteGraph.Operator, field: Int) throws(ModelFileError) -> Bool {
        guard let options = operation.options else { return false }
        switch try graph.buffer.scalar(field, in: options, default: Int8(0)) {
        case 0: return false
        case 1: return true
        default: throw unsupported("a \(operation.code) has an activation that is neither none nor ReLU")
        }
    }

    func requireNoReLU(_ operation: TFLiteGraph.Operator) throws(ModelFileError) {
        guard try !hasReLU(operation, field: 0) else { throw unsupported("a \(operation.code) has a ReLU") }
    }

    func scalar(_ tensor: Int, _ role: String) throws(ModelFileError) -> Float {
        let values = try graph.floats(tensor)
        guard values.count == 1 else { throw unsupported("the \(role) is not one number") }
        return values[0]
    }

    func requireAxis(_ operation: TFLiteGraph.Operator, _ axes: [Int], _ role: String) throws(ModelFileError) {
        let found = try graph.int32s(try operand(1, of: operation))
        guard found.count == 1, axes.contains(found[0]) else { throw unsupported("the \(role) is over axes \(found)") }
    }
}

// MARK: - Composite steps

extension TFLiteOperators {
    /// y = x K + b, the bias inside the matrix product or added after it.
    func dense(_ output: Int, _ role: String) throws(ModelFileError) -> Dense {
        let last = try passingReshapes(output)
        guard isProduced(last, by: .add) else {
            let product = try producer(of: last, .fullyConnected, role)
            return Dense(
                input: try passingReshapes(try operand(0, of: product)), kernel: try operand(1, of: product),
                bias: try operand(2, of: product), hasReLU: try hasReLU(product, field: 0))
        }
        let add = try producer(of: last, .add, role)
        let terms = try split(add, "bias of the \(role)", graph.isConstant)
        let product = try producer(of: try passingReshapes(terms.other), .fullyConnected, role)
        try requireNoReLU(product)
        guard product.inputs.count < 3 || product.inputs[2] == -1 else {
            throw unsupported("the \(role) has two biases")
        }
        return Dense(
            input: try passingReshapes(try operand(0, of: product)), kernel: try operand(1, of: product),
            bias: terms.matching, hasReLU: try hasReLU(add, field: 0))
    }

    /// gamma (x - mean) / sqrt(variance + epsilon) + beta, computed as x m + (beta - mean m), m = gamma /
    /// sqrt(variance + epsilon).
    func layerNorm(_ output: Int, _ role: String) throws(ModelFileError) -> LayerNorm {
        let sum = try producer(of: output, .add, role)
        try requireNoReLU(sum)
        let terms = try split(sum, "offset of the \(role)") { isProduced($0, by: .sub) }
        let offset = try producer(of: terms.matching, .sub, role)
        let scaled = try producer(of: terms.other, .mul, role)
        let factors = try split(scaled, "factor of the \(role)") { isProduced($0, by: .mul) }
        let factor = factors.matching
        let input = factors.other

        let scaledMean = try producer(of: try operand(1, of: offset), .mul, role)
        let mean = try split(scaledMean, "factor of the \(role)") { $0 == factor }.other
        try requireMean(mean, of: input, role)

        let gain = try split(try producer(of: factor, .mul, role), "gain of the \(role)", graph.isConstant)
        let root = try producer(of: gain.other, .rsqrt, role)
        let shifted = try producer(of: try operand(0, of: root), .add, role)
        let epsilon = try split(shifted, "epsilon of the \(role)", graph.isConstant)
        let variance = try producer(of: epsilon.other, .mean, role)
        try requireAxis(variance, [2, -1], "variance of the \(role)")
        let squares = try producer(of: try operand(0, of: variance), .squaredDifference, role)
        guard try split(squares, "input of the \(role)", { $0 == input }).other == mean else {
            throw unsupported("the variance of the \(role) is not about its mean")
        }
        return LayerNorm(
            input: input, gamma: gain.matching, beta: try operand(0, of: offset),
            epsilon: try scalar(epsilon.matching, "epsilon of the \(role)"))
    }

    private func requireMean(_ tensor: Int, of input: Int, _ role: String) throws(ModelFileError) {
        let mean = try producer(of: tensor, .mean, role)
        try requireAxis(mean, [2, -1], "mean of the \(role)")
        guard try operand(0, of: mean) == input else {
            throw unsupported("the \(role) is not about the mean of its input")
        }
    }

    /// A batched matrix product and whether its second operand is taken transposed.
    func batchMatMul(
        _ output: Int, transposed: Bool, _ role: String
    ) throws(ModelFileError) -> (left: Int, right: Int) {
        let product = try producer(of: output, .batchMatMul, role)
        var flags: (x: UInt8, y: UInt8) = (0, 0)
        if let options = product.options {
            flags.x = try graph.buffer.scalar(0, in: options, default: UInt8(0))
            flags.y = try graph.buffer.scalar(1, in: options, default: UInt8(0))
        }
        guard flags.x == 0, (flags.y != 0) == transposed else {
            throw unsupported("the \(role) does not transpose its operands as attention does")
        }
        return (try operand(0, of: product), try operand(1, of: product))
    }

    func softmaxInput(_ output: Int, _ role: String) throws(ModelFileError) -> Int {
        let softmax = try producer(of: output, .softmax, role)
        let beta = try softmax.options.map { options throws(ModelFileError) in
            Float(bitPattern: try graph.buffer.scalar(0, in: options, default: UInt32(0)))
        }
        guard beta == 1 else { throw unsupported("the \(role) has another beta than 1") }
        return try operand(0, of: softmax)
    }

    /// (1, H, T, D) from (1, T, H D): the tensor before the split into heads, and (H, D).
    func heads(_ output: Int, _ role: String) throws(ModelFileError) -> (input: Int, heads: Int, headDim: Int) {
        let source = try swappedHeads(output, role)
        let reshape = try producer(of: source, .reshape, role)
        let shape = graph.tensors[source].shape
        guard shape.count == 4 else { throw unsupported("the \(role) is not split into heads") }
        return (try operand(0, of: reshape), shape[2], shape[3])
    }

    /// What a transposition of heads and positions is applied to.
    func swappedHeads(_ output: Int, _ role: String) throws(ModelFileError) -> Int {
        let transpose = try producer(of: output, .transpose, role)
        let order = try graph.int32s(try operand(1, of: transpose))
        guard order == [0, 2, 1, 3] else { throw unsupported("the \(role) is transposed by \(order)") }
        return try operand(0, of: transpose)
    }
}

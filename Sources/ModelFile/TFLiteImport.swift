/// Reads a network of the t2 family out of a `.tflite` graph.
///
/// The network is recognised by what its operators compute, never by names or positions, from the class probabilities
/// back to the input. Kernels, [out, in] there, become [in, out].
struct TFLiteImport {
    private let graph: TFLiteGraph
    private let operators: TFLiteOperators

    /// One encoder block: the tensor it starts from and where its weights are.
    private struct Block {
        var input: Int
        var heads: Int
        var headDim: Int
        var query, key, value, out: TFLiteOperators.Dense
        var ln1: TFLiteOperators.LayerNorm
        var ffn0, ffn1: TFLiteOperators.Dense
        var ln2: TFLiteOperators.LayerNorm
    }

    init(_ bytes: [UInt8], path: String) throws(ModelFileError) {
        graph = try TFLiteGraph(bytes, path: path)
        operators = TFLiteOperators(graph: graph)
    }

    func network() throws(ModelFileError) -> ImportedNetwork {
        guard graph.inputs.count == 1, graph.outputs.count == 1 else {
            throw operators.unsupported(
                "\(graph.inputs.count) inputs and \(graph.outputs.count) outputs, one of each expected")
        }
        let classifier = try operators.dense(try operators.softmaxInput(graph.outputs[0], "output"), "classifier")
        guard !classifier.hasReLU else { throw operators.unsupported("the classifier has a ReLU") }
        let pooling = try operators.producer(of: classifier.input, .mean, "pooling")
        try operators.requireAxis(pooling, [1], "pooling")
        var hidden = try operators.operand(0, of: pooling)
        var blocks: [Block] = []
        while try !isEmbedding(hidden) {
            guard blocks.count < Architecture.maximumLayers else {
                throw operators.unsupported("too many encoder blocks")
            }
            let block = try self.block(hidden)
            blocks.append(block)
            hidden = block.input
        }
        return try assemble(embedding: hidden, blocks.reversed(), classifier)
    }

    /// An embedding ends by adding a constant, a block by adding two computed values.
    private func isEmbedding(_ tensor: Int) throws(ModelFileError) -> Bool {
        let add = try operators.producer(of: tensor, .add, "encoder")
        let operands = [try operators.operand(0, of: add), try operators.operand(1, of: add)]
        return operands.contains(where: graph.isConstant)
    }

    private func block(_ output: Int) throws(ModelFileError) -> Block {
        let ln2 = try operators.layerNorm(output, "second layer norm")
        let second = try residual(ln2.input, "feed-forward sum")
        let ffn1 = try operators.dense(second.branch, "second feed-forward layer")
        let ffn0 = try operators.dense(ffn1.input, "first feed-forward layer")
        guard ffn0.hasReLU, !ffn1.hasReLU, ffn0.input == second.trunk else {
            throw operators.unsupported("the feed-forward network is not dense, ReLU, dense of the block's middle")
        }
        let ln1 = try operators.layerNorm(second.trunk, "first layer norm")
        let first = try residual(ln1.input, "attention sum")
        let out = try operators.dense(first.branch, "attention output")
        guard !out.hasReLU else { throw operators.unsupported("the attention output has a ReLU") }
        let context = try operators.swappedHeads(out.input, "attention")
        let weighted = try operators.batchMatMul(context, transposed: false, "weighting of values")
        let scaled = try operators.producer(
            of: try operators.softmaxInput(weighted.left, "attention softmax"), .mul, "attention scale")
        let scale = try operators.split(scaled, "attention scale", graph.isConstant)
        let scores = try operators.batchMatMul(scale.other, transposed: true, "attention scores")
        let query = try projection(scores.left, of: first.trunk, "query")
        let key = try projection(scores.right, of: first.trunk, "key")
        let value = try projection(weighted.right, of: first.trunk, "value")
        guard query.heads == key.heads, key.heads == value.heads, query.headDim == key.headDim,
            key.headDim == value.headDim
        else { throw operators.unsupported("query, key and value have different heads") }
        let factor = try operators.scalar(scale.matching, "attention scale")
        guard abs(Double(factor) * Double(query.headDim).squareRoot() - 1) < 1e-5 else {
            throw operators.unsupported("the attention scale \(factor) is not 1/sqrt(\(query.headDim))")
        }
        return Block(
            input: first.trunk, heads: query.heads, headDim: query.headDim, query: query.dense, key: key.dense,
            value: value.dense, out: out, ln1: ln1, ffn0: ffn0, ffn1: ffn1, ln2: ln2)
    }

    /// x + f(x): the operand computed later is the branch, since it depends on the other.
    private func residual(_ tensor: Int, _ role: String) throws(ModelFileError) -> (trunk: Int, branch: Int) {
        let add = try operators.producer(of: tensor, .add, role)
        try operators.requireNoReLU(add)
        let first = try operators.operand(0, of: add)
        let second = try operators.operand(1, of: add)
        guard let firstOrder = graph.producers[first], let secondOrder = graph.producers[second] else {
            throw operators.unsupported("the \(role) adds a constant")
        }
        return firstOrder < secondOrder ? (first, second) : (second, first)
    }

    private func projection(
        _ output: Int, of trunk: Int, _ role: String
    ) throws(ModelFileError) -> (dense: TFLiteOperators.Dense, heads: Int, headDim: Int) {
        let heads = try operators.heads(output, role)
        let dense = try operators.dense(heads.input, role)
        guard dense.input == trunk, !dense.hasReLU else {
            throw operators.unsupported("the \(role) is not dense in the block's input")
        }
        return (dense, heads.heads, heads.headDim)
    }
}

// MARK: - Weights

extension TFLiteImport {
    private func assemble(
        embedding: Int, _ blocks: [Block], _ classifier: TFLiteOperators.Dense
    ) throws(ModelFileError) -> ImportedNetwork {
        guard let first = blocks.first else { throw operators.unsupported("it has no encoder block") }
        let sum = try operators.producer(of: embedding, .add, "embedding")
        try operators.requireNoReLU(sum)
        let position = try operators.split(sum, "position code", graph.isConstant)
        let convolution = try operators.producer(
            of: try operators.passingReshapes(position.other), .conv2D, "embedding")
        guard try operators.hasReLU(convolution, field: 3) else {
            throw operators.unsupported("the embedding lacks its ReLU")
        }
        guard try operators.passingReshapes(try operators.operand(0, of: convolution)) == graph.inputs[0] else {
            throw operators.unsupported("the embedding is not of the graph's input")
        }
        let embeddingKernel = try operators.operand(1, of: convolution)
        let codeShape = graph.tensors[position.matching].shape
        let kernelShape = graph.tensors[embeddingKernel].shape
        guard codeShape.count == 3, codeShape[0] == 1, kernelShape.count == 4, kernelShape[1] == 1, kernelShape[2] == 1
        else {
            throw operators.unsupported("the embedding is not a convolution of width 1 with a position code added")
        }
        let epsilons = Set(blocks.flatMap { [$0.ln1.epsilon, $0.ln2.epsilon] })
        guard epsilons.count == 1, let epsilon = Double("\(first.ln1.epsilon)") else {
            throw operators.unsupported("its layer norms have different epsilons")
        }
        let architecture = Architecture(
            length: codeShape[1], channels: kernelShape[3], embed: codeShape[2], heads: first.heads,
            headDim: first.headDim,
            ff: graph.tensors[first.ffn0.bias].shape.first ?? 0, layers: blocks.count,
            classes: graph.tensors[classifier.bias].shape.first ?? 0, layerNormEpsilon: epsilon)
        var network = ImportedNetwork(architecture: architecture)
        try network.verify(positionCode: try graph.floats(position.matching), path: graph.buffer.path)
        try append(
            .init(input: -1, kernel: embeddingKernel, bias: try operators.operand(2, of: convolution), hasReLU: true),
            "embedding", to: &network)
        for (index, block) in blocks.enumerated() { try append(block, "layers.\(index)", to: &network) }
        try append(classifier, "classifier", to: &network)
        return network
    }

    private func append(_ block: Block, _ prefix: String, to network: inout ImportedNetwork) throws(ModelFileError) {
        try append(block.query, "\(prefix).attn.query", to: &network)
        try append(block.key, "\(prefix).attn.key", to: &network)
        try append(block.value, "\(prefix).attn.value", to: &network)
        try append(block.out, "\(prefix).attn.out", to: &network)
        try append(block.ffn0, "\(prefix).ffn.0", to: &network)
        try append(block.ffn1, "\(prefix).ffn.1", to: &network)
        for (name, norm) in [("ln1", block.ln1), ("ln2", block.ln2)] {
            network.append("\(prefix).\(name).gamma", try graph.floats(norm.gamma))
            network.append("\(prefix).\(name).beta", try graph.floats(norm.beta))
        }
    }

    private func append(
        _ dense: TFLiteOperators.Dense, _ name: String, to network: inout ImportedNetwork
    ) throws(ModelFileError) {
        let shape = graph.tensors[dense.kernel].shape
        guard shape.count >= 2, let outputs = shape.first, let inputs = shape.last, outputs > 0, inputs > 0 else {
            throw operators.unsupported("the \(name) kernel has shape \(shape)")
        }
        if graph.tensors[dense.kernel].type == TFLiteGraph.int8 {
            let values = try transposed(try graph.int8s(dense.kernel), inputs: inputs, outputs: outputs, name)
            network.append(int8: "\(name).kernel", [inputs, outputs], values, scales: try graph.scales(dense.kernel))
        } else {
            let values = try transposed(try graph.floats(dense.kernel), inputs: inputs, outputs: outputs, name)
            network.append("\(name).kernel", [inputs, outputs], values)
        }
        network.append("\(name).bias", try graph.floats(dense.bias))
    }

    /// [out, in] to [in, out].
    private func transposed<Number>(
        _ values: [Number], inputs: Int, outputs: Int, _ name: String
    ) throws(ModelFileError) -> [Number] {
        // Compared by division: the extents come from the file.
        guard values.count % outputs == 0, values.count / outputs == inputs else {
            throw operators.unsupported("the \(name) kernel is not a matrix")
        }
        return values.indices.map { values[$0 % outputs * inputs + $0 / outputs] }
    }
}

import ModelFile

/// y = x K + b with K [in, out], kept in double so that the inner loop converts nothing.
struct DenseWeights {
    let inputs: Int
    let outputs: Int
    /// (in, out) row-major.
    let kernel: [Double]
    let bias: [Double]

    init(_ name: String, inputs: Int, outputs: Int, of model: Model) throws(ModelFileError) {
        self.inputs = inputs
        self.outputs = outputs
        kernel = try model.floats("\(name).kernel").map(Double.init)
        bias = try model.floats("\(name).bias").map(Double.init)
    }
}

struct LayerNormWeights {
    let gamma: [Double]
    let beta: [Double]
    let epsilon: Double

    init(_ name: String, of model: Model) throws(ModelFileError) {
        gamma = try model.floats("\(name).gamma").map(Double.init)
        beta = try model.floats("\(name).beta").map(Double.init)
        epsilon = model.architecture.layerNormEpsilon
    }
}

struct EncoderWeights {
    let query, key, value, out: DenseWeights
    let ln1: LayerNormWeights
    let ffn0, ffn1: DenseWeights
    let ln2: LayerNormWeights

    init(layer: Int, of model: Model) throws(ModelFileError) {
        let shape = model.architecture
        let prefix = "layers.\(layer)"
        query = try DenseWeights("\(prefix).attn.query", inputs: shape.embed, outputs: shape.attentionWidth, of: model)
        key = try DenseWeights("\(prefix).attn.key", inputs: shape.embed, outputs: shape.attentionWidth, of: model)
        value = try DenseWeights("\(prefix).attn.value", inputs: shape.embed, outputs: shape.attentionWidth, of: model)
        out = try DenseWeights("\(prefix).attn.out", inputs: shape.attentionWidth, outputs: shape.embed, of: model)
        ln1 = try LayerNormWeights("\(prefix).ln1", of: model)
        ffn0 = try DenseWeights("\(prefix).ffn.0", inputs: shape.embed, outputs: shape.ff, of: model)
        ffn1 = try DenseWeights("\(prefix).ffn.1", inputs: shape.ff, outputs: shape.embed, of: model)
        ln2 = try LayerNormWeights("\(prefix).ln2", of: model)
    }
}

/// The weights of a whole network, read out of a model once.
struct NetworkWeights {
    let embedding: DenseWeights
    /// (T, E) row-major; empty if the network has no position code.
    let position: [Float]
    let layers: [EncoderWeights]
    let head: [DenseWeights]
    let classifier: DenseWeights

    init(_ model: Model) throws(ModelFileError) {
        let shape = model.architecture
        embedding = try DenseWeights("embedding", inputs: shape.channels, outputs: shape.embed, of: model)
        position = shape.position == .none ? [] : SinusoidCode.values(length: shape.length, embed: shape.embed)
        var layers: [EncoderWeights] = []
        for layer in 0..<shape.layers { layers.append(try EncoderWeights(layer: layer, of: model)) }
        self.layers = layers
        var width = shape.pooledWidth + shape.scalars
        var head: [DenseWeights] = []
        for (index, outputs) in shape.head.enumerated() {
            head.append(try DenseWeights("head.\(index)", inputs: width, outputs: outputs, of: model))
            width = outputs
        }
        self.head = head
        classifier = try DenseWeights("classifier", inputs: width, outputs: shape.classes, of: model)
    }
}

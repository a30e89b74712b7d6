import Foundation
public import Inference
public import ModelFile

/// Turns a float model into one for the integer engine: activation ranges frozen on real rows, kernels in 8 bits where the
/// probabilities bear it and float, for 16 bits, where they do not.
///
/// Every choice is made by the measured loss: the mean total variation between the integer engine's probabilities and the
/// float reference's on the calibration rows.
public struct Quantiser {
    public struct Options: Sendable {
        /// The mean total variation that 8-bit kernels may cost in all.
        public var lossBudget = 0.01
        /// Fractions of the activations at either end that a range may leave out: 0 is the smallest to the largest.
        public var fractionsLeftOut = [0, 1e-5, 1e-4, 1e-3]

        public init() {}
    }

    /// What one layer costs in 8 bits when all others have 16.
    public struct LayerCost: Equatable, Sendable {
        /// Such as `layers.0.ffn.1`; query, key and value are one.
        public var layer: String
        public var meanTotalVariation: Double
        /// Whether the written model has it in 8 bits.
        public var isNarrow: Bool
    }

    public struct Report: Equatable, Sendable {
        /// The layers from the cheapest to the dearest.
        public var layers: [LayerCost]
        /// With every layer in 16 bits.
        public var wideLoss: Double
        /// Of the written model.
        public var loss: Double
        /// The fraction of rows whose class is the float reference's.
        public var agreement: Double
        /// The largest difference of a probability.
        public var largestDifference: Double
    }

    private let model: Model
    private let data: CalibrationRows
    private let options: Options
    private let samples: ActivationSamples
    private let expected: [Float]

    /// Runs the float reference on all rows.
    public init(model: Model, data: CalibrationRows, options: Options = Options()) throws(InferenceError) {
        self.model = model
        self.data = data
        self.options = options
        samples = try ActivationSamples(model, data)
        var probabilities: [Float] = []
        try FloatReferenceEngine(model: model).classify(
            data.inputs.span, data.rows, scalars: data.scalars.span, into: &probabilities)
        expected = probabilities
    }

    /// The integer model's metadata and tensors, and what each choice cost.
    public func quantise() throws -> (metadata: ModelMetadata, tensors: [ModelTensor], report: Report) {
        var draft = QuantisedDraft(model: model, samples: samples)
        try chooseRanges(&draft)
        let wideLoss = try loss(draft)
        var costs: [LayerCost] = []
        for layer in draft.layers {
            var single = draft
            single.narrow = [layer]
            try chooseRanges(&single, of: layer)
            costs.append(LayerCost(layer: layer, meanTotalVariation: try loss(single), isNarrow: false))
        }
        costs.sort { ($0.meanTotalVariation, $0.layer) < ($1.meanTotalVariation, $1.layer) }
        for index in costs.indices {
            var next = draft
            next.narrow.insert(costs[index].layer)
            try chooseRanges(&next, of: costs[index].layer)
            guard try loss(next) <= options.lossBudget else { continue }
            draft = next
            costs[index].isNarrow = true
        }
        let probabilities = try run(draft)
        let report = Report(
            layers: costs, wideLoss: wideLoss, loss: totalVariation(probabilities),
            agreement: agreement(probabilities),
            largestDifference: Double(zip(probabilities, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }))
        return (draft.metadata, try draft.tensors(), report)
    }

    /// The integer model with these layers in 8 bits and nothing measured: ranges are from the smallest to the largest
    /// activation.
    public func model(narrow: Set<String>) throws(ModelFileError) -> Model {
        var draft = QuantisedDraft(model: model, samples: samples)
        draft.narrow = narrow
        return try Model(ModelWriter.encode(draft.metadata, draft.tensors()), name: model.metadata.name)
    }

    /// What can be in 8 bits, such as `layers.0.ffn.1`; query, key and value are one, `layers.0.attn`.
    public var layers: [String] { QuantisedDraft(model: model, samples: samples).layers }

    /// Tries each fraction for each tensor in turn and keeps the one with the least loss.
    private func chooseRanges(_ draft: inout QuantisedDraft, of layer: String? = nil) throws {
        for tensor in model.architecture.activationRanges.map(\.name)
        where layer.map({ tensor == "\($0).input" }) ?? true {
            var best = (loss: Double.infinity, fraction: 0.0)
            for fraction in options.fractionsLeftOut {
                draft.fractions[tensor] = fraction
                let loss = try loss(draft)
                if loss < best.loss { best = (loss, fraction) }
            }
            draft.fractions[tensor] = best.fraction
        }
    }

    private func loss(_ draft: QuantisedDraft) throws -> Double { totalVariation(try run(draft)) }

    private func run(_ draft: QuantisedDraft) throws -> [Float] {
        let file = try ModelWriter.encode(draft.metadata, draft.tensors())
        let engine = try Int8Engine(model: Model(file, name: model.metadata.name))
        var probabilities: [Float] = []
        try engine.classify(data.inputs.span, data.rows, scalars: data.scalars.span, into: &probabilities)
        return probabilities
    }

    private func totalVariation(_ probabilities: [Float]) -> Double {
        let sum = zip(probabilities, expected).reduce(0.0) { $0 + Double(abs($1.0 - $1.1)) }
        return sum / 2 / Double(max(1, data.rows.count))
    }

    private func agreement(_ probabilities: [Float]) -> Double {
        let classes = model.architecture.classes
        func best(_ values: [Float], _ row: Int) -> Int? {
            (0..<classes).max { values[row * classes + $0] < values[row * classes + $1] }
        }
        let same = (0..<data.rows.count).filter { best(probabilities, $0) == best(expected, $0) }.count
        return Double(same) / Double(max(1, data.rows.count))
    }
}

import Foundation

/// Everything that the rest of a run depends on, between two epochs.
public struct Checkpoint: Sendable, Codable, Equatable {
    public internal(set) var plan: TrainingPlan
    /// Epochs done.
    public internal(set) var epoch = 0
    public internal(set) var parameters: [Float]
    var optimiser: AdamW
    /// Sum of the weights after each averaged step, and their number.
    var sum: [Double]
    var summed = 0
    var best: [Float]
    var bestLoss = Double.infinity
    var bestEpoch = 0

    init(plan: TrainingPlan, parameters: [Float]) {
        self.plan = plan
        self.parameters = parameters
        optimiser = AdamW(parameterCount: parameters.count, weightDecay: plan.weightDecay)
        sum = Array(repeating: 0, count: parameters.count)
        best = parameters
    }

    /// One step of the optimiser.
    mutating func update(_ gradient: UnsafePointer<Float>, rate: Float, _ layout: ParameterLayout) {
        let decaying = layout.kernels.map { $0.kernel..<$0.kernel + $0.inputs * $0.outputs }
        optimiser.update(&parameters, gradient: gradient, rate: rate, decaying: decaying)
    }

    /// The averaged weights where there are any, else the last ones.
    public var averaged: [Float] {
        summed == 0 ? parameters : sum.map { Float($0 / Double(summed)) }
    }

    /// Reads a checkpoint that `write` made.
    public init(contentsOf path: String) throws(TrainingError) {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            self = try PropertyListDecoder().decode(Checkpoint.self, from: data)
        } catch {
            throw .checkpoint(path: path, reason: "\(error)")
        }
    }

    /// Writes it in one step, so that a run that is killed leaves the one before.
    public func write(to path: String) throws(TrainingError) {
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        do {
            try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw .checkpoint(path: path, reason: "\(error)")
        }
    }
}

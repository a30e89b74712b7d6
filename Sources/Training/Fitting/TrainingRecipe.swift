import Glibc
public import LightCurves
public import ModelFile

/// Everything but the data that determines a model.
public struct TrainingRecipe: Sendable, Equatable {
    public var preset: Preset
    public var architecture: Architecture
    /// Class names in the order of the network's outputs.
    public var classes: [String]
    public var plan = TrainingPlan()
    public var augmentation = Augmentation()
    /// An object of a class with n objects weighs n^-exponent: 0 keeps the natural prior, 1 balances the classes.
    public var classExponent = 0.7
    /// Share of the groups that are kept back to fit the temperature; 0 leaves it at 1.
    public var keptBack = 0.1
    /// Exponent of the prior that probabilities are multiplied by, which takes part of the balance back.
    public var tau = 0.3

    public init(preset: Preset, architecture: Architecture, classes: [String]) {
        self.preset = preset
        self.architecture = architecture
        self.classes = classes
    }

    /// The weight of an object of each class, 1 on average.
    func classWeights(_ counts: [Double]) -> [Float] {
        let raw = counts.map { $0 > 0 ? pow($0, -classExponent) : 0 }
        let mean = zip(raw, counts).reduce(0) { $0 + $1.0 * $1.1 } / max(1, counts.reduce(0, +))
        return raw.map { Float($0 / mean) }
    }
}

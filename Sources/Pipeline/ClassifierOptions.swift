public import Inference
public import LightCurves

/// How a stream has its alerts classified, where that is not what the model file says.
public struct ClassifierOptions: Sendable {
    /// Changes the selection of the model's preset.
    public var adjust: @Sendable (inout Selection) -> Void
    /// What fits the Gaussian processes of a grid preset.
    public var gridEngine: GridEngine

    /// What runs the network; nil for the fastest that the model is made for.
    public var engine: EngineKind?

    public init(
        gridEngine: GridEngine = .lanes, engine: EngineKind? = nil,
        adjust: @escaping @Sendable (inout Selection) -> Void = { _ in }
    ) {
        self.gridEngine = gridEngine
        self.engine = engine
        self.adjust = adjust
    }
}

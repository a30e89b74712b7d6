public import LightCurves

/// How a stream has its alerts classified, where that is not what the model file says.
public struct ClassifierOptions: Sendable {
    /// Changes the selection of the model's preset.
    public var adjust: @Sendable (inout Selection) -> Void
    /// What fits the Gaussian processes of a grid preset.
    public var gridEngine: GridEngine

    public init(gridEngine: GridEngine = .lanes, adjust: @escaping @Sendable (inout Selection) -> Void = { _ in }) {
        self.gridEngine = gridEngine
        self.adjust = adjust
    }
}

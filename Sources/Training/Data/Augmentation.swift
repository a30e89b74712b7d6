/// How far training examples may differ from what was observed.
public struct Augmentation: Sendable, Codable, Equatable {
    /// Share of the examples that end at any of the object's detections, rather than at a third, two thirds or all of them.
    public var anyEnd = 0.3
    /// Share of the detections that are left out.
    public var dropped = 0.1
    /// Noise that is added to the fluxes, in units of their errors, drawn for each example from 0 to this.
    public var noise: Float = 0.5
    /// Standard deviation of the logarithm of a factor of all fluxes, and of one of all times.
    public var scale = 0.05
    public var stretch = 0.05

    public init() {}

    /// Examples as they were observed.
    public static let none: Augmentation = {
        var augmentation = Augmentation()
        augmentation.anyEnd = 0
        augmentation.dropped = 0
        augmentation.noise = 0
        augmentation.scale = 0
        augmentation.stretch = 0
        return augmentation
    }()
}

extension Augmentation {
    /// Every change so many times as strong; shares stay at most 1.
    public func scaled(by factor: Double) -> Augmentation {
        var scaled = self
        scaled.anyEnd = min(1, anyEnd * factor)
        scaled.dropped = min(0.9, dropped * factor)
        scaled.noise *= Float(factor)
        scaled.scale *= factor
        scaled.stretch *= factor
        return scaled
    }
}

/// A named number about a curve or one of its observations, and how it is scaled: (value - center) / scale.
public struct Feature<Name: FeatureName>: Codable, Equatable, Sendable {
    public var name: Name
    public var center: Double
    public var scale: Double
    /// What the network is given where the alert has no such value.
    public var missing: Double

    public init(_ name: Name, center: Double = 0, scale: Double = 1, missing: Double = 0) {
        self.name = name
        self.center = center
        self.scale = scale
        self.missing = missing
    }

    /// A value clipped to the name's range and scaled; finite for every input, `missing` for none and for NaN.
    func scaled(_ value: Double?) -> Float {
        guard let value, !value.isNaN else { return Float(missing) }
        let range = name.range
        return Float((min(max(value, range.lowerBound), range.upperBound) - center) / scale)
    }
}

/// The names that features of one kind have.
public protocol FeatureName: RawRepresentable<String>, Codable, Equatable, Sendable {
    /// Values are clipped to it before they are scaled.
    var range: ClosedRange<Double> { get }
}

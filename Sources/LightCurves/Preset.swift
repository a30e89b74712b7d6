import Alerts

/// How an alert becomes network input, by name: a model names its preset and cannot be served with another.
///
/// A preset's meaning never changes once models were published with it; a change gets a new name.
public struct Preset: Equatable, Sendable {
    public let name: String
    /// Points of the time grid, T.
    public let inputLength: Int
    /// One channel of the network each, in order.
    public let passbands: [Passband]
    /// Which alerts are given to the network.
    public let selection: Selection

    /// Values a grid point has, C.
    public var channels: Int { passbands.count }

    /// What Fink's t2 module served from 2022 to 2025 (arXiv 2303.08951), its faults included.
    public static let finkT2 = Preset(
        name: "fink-t2", inputLength: 100, passbands: [.ztfG, .ztfR],
        selection: Selection(
            minimumDetections: 2, maximumDetections: 500, maximumAgeDays: 90, requiredBands: [.g, .r]))

    public static let all = [finkT2]

    /// The preset of a name as model files and configuration spell it.
    public static func named(_ name: String) throws(LightCurveError) -> Preset {
        for preset in all where preset.name == name {
            return preset
        }
        throw .unknownPreset(name: name)
    }
}

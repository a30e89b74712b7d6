import Alerts

/// How an alert becomes network input: data that a model file holds, and one path that carries it out.
///
/// A name's meaning never changes once models were published with it; a change gets a new name.
public struct Preset: Codable, Equatable, Sendable {
    /// What a row of the network's input is.
    public enum Input: Codable, Equatable, Sendable {
        /// `length` even times from the first to the last observation, one channel a passband, by a Gaussian process.
        case grid(length: Int, scaling: Scaling)
        /// One position an observation, oldest first: the features, then with `bands` one channel a passband that is 1
        /// for the observation's own, else 0.
        case tokens(features: [Feature<TokenFeature>], bands: Bool)
    }

    public var name: String
    /// The bands that are used, in the order of channels; rows in other bands are left out.
    public var passbands: [Passband]
    public var observations: ObservationRules
    public var input: Input
    /// Values a row has beside its positions, in order.
    public var scalars: [Feature<ScalarFeature>]
    /// Which alerts are given to the network; a stream's configuration may change it.
    public var selection: Selection

    public init(
        name: String, passbands: [Passband], observations: ObservationRules, input: Input,
        scalars: [Feature<ScalarFeature>] = [], selection: Selection
    ) {
        self.name = name
        self.passbands = passbands
        self.observations = observations
        self.input = input
        self.scalars = scalars
        self.selection = selection
    }

    /// Positions of every row, T; nil where rows have as many as there are observations.
    public var inputLength: Int? {
        switch input {
        case .grid(let length, _): length
        case .tokens: nil
        }
    }

    /// Values a position has, C.
    public var channels: Int {
        switch input {
        case .grid(_, .perObject): passbands.count + 1
        case .grid: passbands.count
        case .tokens(let features, let bands): features.count + (bands ? passbands.count : 0)
        }
    }

    /// What each channel is: a passband's letter, a token's feature, or `scale` for an object's log brightness.
    public var channelNames: [String] {
        let bands = passbands.map(\.band.letter)
        switch input {
        case .grid(_, .perObject): return bands + ["scale"]
        case .grid: return bands
        case .tokens(let features, let hasBands): return features.map(\.name.rawValue) + (hasBands ? bands : [])
        }
    }
}

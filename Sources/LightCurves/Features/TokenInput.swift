/// Writes one curve's row as a token an observation.
struct TokenInput {
    private let features: [Feature<TokenFeature>]
    /// The passbands that have a channel each; none in a preset without them.
    private let passbands: [Passband]

    init(features: [Feature<TokenFeature>], passbands: [Passband]) {
        self.features = features
        self.passbands = passbands
    }

    /// Appends (observations, channels) values.
    func append(_ curve: LightCurve, _ summary: CurveSummary, to inputs: inout [Float]) {
        for row in 0..<curve.count {
            for feature in features {
                inputs.append(feature.scaled(feature.name.value(at: row, of: curve, summary)))
            }
            for passband in passbands {
                inputs.append(passband.band == curve.band[row] ? 1 : 0)
            }
        }
    }
}

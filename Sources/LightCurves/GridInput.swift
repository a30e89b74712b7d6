/// Writes one curve's row as a grid; owns the regridder and reuses it.
struct GridInput {
    private let scaling: Scaling
    private let passbandCount: Int
    private var regridder: Regridder
    private var sorted: [Double] = []

    init(passbands: [Passband], length: Int, scaling: Scaling) {
        self.scaling = scaling
        passbandCount = passbands.count
        regridder = Regridder(passbands: passbands, length: length)
    }

    /// Appends (length, channels) values; on an error some may have been appended.
    mutating func append(_ curve: LightCurve, to inputs: inout [Float]) throws(SkipReason) {
        _ = try regridder.regrid(curve)
        switch scaling {
        case .robust: try appendRobust(to: &inputs)
        case .fixed(let channels): try appendFixed(channels, to: &inputs)
        case .perObject(let logScale): try appendRelative(curve, logScale, to: &inputs)
        }
    }

    /// Scales each channel of the grid by its own median and spread.
    private mutating func appendRobust(to inputs: inout [Float]) throws(SkipReason) {
        let start = inputs.count
        for _ in regridder.mean {
            inputs.append(0)
        }
        for channel in 0..<passbandCount {
            let scaler = RobustScaler(regridder.mean, column: channel, of: passbandCount, sorted: &sorted)
            for index in stride(from: channel, to: regridder.mean.count, by: passbandCount) {
                inputs[start + index] = try finite(scaler.scaled(regridder.mean[index]))
            }
        }
    }

    private func appendFixed(_ channels: [Scaling.Channel], to inputs: inout [Float]) throws(SkipReason) {
        for (index, value) in regridder.mean.enumerated() {
            inputs.append(try finite(channels[index % passbandCount].scaled(value)))
        }
    }

    private func appendRelative(
        _ curve: LightCurve, _ logScale: Scaling.Channel, to inputs: inout [Float]
    ) throws(SkipReason) {
        guard let scale = CurveSummary(curve)?.maximumFlux, scale > 0 else { throw .nonFinite }
        let amplitude = try finite(logScale.scaled(FeatureMath.log(scale)))
        for (index, value) in regridder.mean.enumerated() {
            inputs.append(try finite(value / scale))
            if index % passbandCount == passbandCount - 1 { inputs.append(amplitude) }
        }
    }

    private func finite(_ value: Double) throws(SkipReason) -> Float {
        let value = Float(value)
        guard value.isFinite else { throw .nonFinite }
        return value
    }
}

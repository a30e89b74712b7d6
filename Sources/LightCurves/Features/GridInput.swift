/// The rows of a batch's curves as grids; owns the regridders and reuses them.
///
/// Curves are added one by one and regridded together.
struct GridInput {
    private let scaling: Scaling
    private let passbands: [Passband]
    private let length: Int
    private let engine: GridEngine
    private let lanes: LaneRegridder
    private var plain: Regridder
    private var curves = LightCurveBatch()
    /// |flux| of each curve's brightest observation.
    private var brightest: [Double] = []
    // Results of the plain engine: means (curves, length, passbands), and why there is none.
    private var plainMeans: [Double] = []
    private var plainReasons: [SkipReason?] = []
    private var sorted: [Double] = []

    init(passbands: [Passband], length: Int, scaling: Scaling, engine: GridEngine) {
        self.scaling = scaling
        self.passbands = passbands
        self.length = length
        self.engine = engine
        lanes = LaneRegridder(passbands: passbands, length: length)
        plain = Regridder(passbands: passbands, length: length)
    }

    /// Curves added since the last `removeAll`.
    var count: Int { brightest.count }

    /// Forgets the curves and keeps the memory.
    mutating func removeAll() {
        curves.removeAll()
        brightest.removeAll(keepingCapacity: true)
        plainMeans.removeAll(keepingCapacity: true)
        plainReasons.removeAll(keepingCapacity: true)
    }

    mutating func add(_ curve: LightCurve, _ summary: CurveSummary) {
        brightest.append(summary.maximumFlux)
        switch engine {
        case .lanes: curves.append(curve, passbands: passbands)
        case .plain: regridPlainly(curve)
        }
    }

    private mutating func regridPlainly(_ curve: LightCurve) {
        let size = length * passbands.count
        do throws(SkipReason) {
            _ = try plain.regrid(curve)
            plainReasons.append(nil)
            plainMeans.append(contentsOf: plain.mean)
        } catch {
            plainReasons.append(error)
            for _ in 0..<size { plainMeans.append(0) }
        }
    }

    /// Regrids what was added.
    mutating func regrid() {
        if engine == .lanes { lanes.regrid(curves) }
    }

    /// Appends a regridded curve's (length, channels) values, or returns why there are none; then some may have been
    /// appended.
    mutating func appendRow(_ curve: Int, to inputs: inout [Float]) -> SkipReason? {
        let reason: SkipReason?
        switch engine {
        case .lanes: reason = lanes.outcomes[curve].reason
        case .plain: reason = plainReasons[curve]
        }
        if let reason { return reason }
        let isFinite: Bool
        switch engine {
        case .lanes: isFinite = append(lanes.mean, curve, to: &inputs)
        case .plain: isFinite = append(plainMeans, curve, to: &inputs)
        }
        return isFinite ? nil : .nonFinite
    }

    private mutating func append(_ means: [Double], _ curve: Int, to inputs: inout [Float]) -> Bool {
        let size = length * passbands.count
        let mean = means[curve * size..<(curve + 1) * size]
        switch scaling {
        case .robust: return appendRobust(mean, to: &inputs)
        case .fixed(let channels):
            for (index, value) in mean.enumerated() {
                guard append(channels[index % passbands.count].scaled(value), to: &inputs) else { return false }
            }
            return true
        case .perObject(let logScale): return appendRelative(mean, brightest[curve], logScale, to: &inputs)
        }
    }

    /// Scales each channel of the grid by its own median and spread.
    private mutating func appendRobust(_ mean: ArraySlice<Double>, to inputs: inout [Float]) -> Bool {
        let start = inputs.count
        for _ in mean {
            inputs.append(0)
        }
        for channel in 0..<passbands.count {
            let scaler = RobustScaler(mean, column: channel, of: passbands.count, sorted: &sorted)
            for index in stride(from: channel, to: mean.count, by: passbands.count) {
                let value = Float(scaler.scaled(mean[mean.startIndex + index]))
                guard value.isFinite else { return false }
                inputs[start + index] = value
            }
        }
        return true
    }

    /// Fluxes over the brightest observation's, and after each grid point its scaled logarithm.
    private func appendRelative(
        _ mean: ArraySlice<Double>, _ scale: Double, _ logScale: Scaling.Channel, to inputs: inout [Float]
    ) -> Bool {
        guard scale > 0 else { return false }
        let amplitude = logScale.scaled(FeatureMath.log(scale))
        for (index, value) in mean.enumerated() {
            guard append(value / scale, to: &inputs) else { return false }
            if index % passbands.count == passbands.count - 1, !append(amplitude, to: &inputs) { return false }
        }
        return true
    }

    private func append(_ value: Double, to inputs: inout [Float]) -> Bool {
        let value = Float(value)
        inputs.append(value)
        return value.isFinite
    }
}

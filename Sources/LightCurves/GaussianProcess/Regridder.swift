/// A light curve on an even time grid in each passband, by a fitted Gaussian process.
///
/// Owns the process and the grid's buffers and reuses them; one worker's, one curve at a time.
public struct Regridder: Sendable {
    public let passbands: [Passband]
    /// Points of the grid.
    public let length: Int
    /// (length): times from the curve's least to its greatest.
    public private(set) var grid: [Double] = []
    /// (length, passbands): mean flux.
    public private(set) var mean: [Double] = []
    /// (length, passbands): standard deviation; empty until `predictDeviation`.
    public private(set) var deviation: [Double] = []
    private var process = GaussianProcess()

    public init(passbands: [Passband], length: Int) {
        self.passbands = passbands
        self.length = length
    }

    /// Fits `curve` and predicts `mean`; throws the reason when there is no finite prediction.
    public mutating func regrid(_ curve: LightCurve) throws(SkipReason) -> GaussianProcessFit.Outcome {
        guard curve.isFinite else { throw .nonFinite }
        guard let earliest = curve.mjd.min(), let latest = curve.mjd.max() else { throw .tooFewDetections }
        guard latest > earliest else { throw .noTimeSpan }
        guard let start = GaussianProcessFit.start(for: curve) else { throw .nonFinite }
        let outcome = GaussianProcessFit.fit(curve, from: start, with: &process)
        guard predict(curve, at: outcome.theta) else { throw .notPositiveDefinite }
        for value in mean where !value.isFinite {
            throw .nonFinite
        }
        return outcome
    }

    /// Predicts `mean` with given hyper-parameters; false when the covariance is not positive definite.
    public mutating func predict(_ curve: LightCurve, at theta: SIMD2<Double>) -> Bool {
        fillGrid(curve)
        deviation.removeAll(keepingCapacity: true)
        guard process.condition(on: curve, at: theta) else { return false }
        process.predictMean(of: curve, at: theta, grid: grid, passbands: passbands, into: &mean)
        return true
    }

    /// Predicts `deviation` too, after `predict` or `regrid` of the same curve with the same hyper-parameters.
    public mutating func predictDeviation(_ curve: LightCurve, at theta: SIMD2<Double>) {
        process.predictDeviation(of: curve, at: theta, grid: grid, passbands: passbands, into: &deviation)
    }

    /// As NumPy's `linspace` rounds: index times step plus start, the last point exact.
    private mutating func fillGrid(_ curve: LightCurve) {
        grid.removeAll(keepingCapacity: true)
        guard let earliest = curve.mjd.min(), let latest = curve.mjd.max(), length > 0 else { return }
        let step = (latest - earliest) / Double(max(1, length - 1))
        for index in 0..<length {
            grid.append(index == length - 1 && length > 1 ? latest : Double(index) * step + earliest)
        }
    }
}

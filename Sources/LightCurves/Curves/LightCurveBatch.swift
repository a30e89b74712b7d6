/// The observations of many light curves, end to end; cleared and filled again for each batch.
public struct LightCurveBatch: Sendable {
    /// (count + 1): where each curve's rows begin, and after the last the number of rows.
    public private(set) var starts: [Int] = [0]
    /// (rows): time, days.
    public private(set) var mjd: [Double] = []
    /// (rows): index into the list of passbands that the batch is filled for.
    public private(set) var passband: [UInt8] = []
    /// (rows): flux, any unit, and its one-sigma error in the same.
    public private(set) var flux: [Double] = []
    public private(set) var fluxErr: [Double] = []

    public init() {}

    /// Number of curves.
    public var count: Int { starts.count - 1 }

    /// Rows of one curve.
    public func rows(of curve: Int) -> Range<Int> { starts[curve]..<starts[curve + 1] }

    /// Appends a curve; its points in bands that are not among `passbands` are left out.
    public mutating func append(_ curve: LightCurve, passbands: [Passband]) {
        for point in 0..<curve.count {
            for index in passbands.indices where passbands[index].band == curve.band[point] {
                appendPoint(
                    mjd: curve.mjd[point], passband: UInt8(truncatingIfNeeded: index), flux: curve.flux[point],
                    fluxErr: curve.fluxErr[point])
            }
        }
        endCurve()
    }

    /// Appends a point to the curve that `endCurve` will end.
    public mutating func appendPoint(mjd: Double, passband: UInt8, flux: Double, fluxErr: Double) {
        self.mjd.append(mjd)
        self.passband.append(passband)
        self.flux.append(flux)
        self.fluxErr.append(fluxErr)
    }

    /// Makes a curve of the points since the last one; of none, too.
    public mutating func endCurve() {
        starts.append(mjd.count)
    }

    /// Empties the batch and keeps its memory.
    public mutating func removeAll() {
        starts.removeLast(starts.count - 1)
        mjd.removeAll(keepingCapacity: true)
        passband.removeAll(keepingCapacity: true)
        flux.removeAll(keepingCapacity: true)
        fluxErr.removeAll(keepingCapacity: true)
    }
}

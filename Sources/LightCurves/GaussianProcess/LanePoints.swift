import CKernels

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Light curves as the lanes take them: checked, sorted, and scaled by powers of two.
///
/// The points of a curve are in slots, one a passband, the fullest first; in a slot by time, then flux, then error. So
/// nothing that follows depends on the order of the observations.
struct LanePoints {
    /// A fit of two points must be possible within it, and padding is later than it: days.
    static let longestSpan = 1e9
    /// The greatest squared error, jitter included, in units of the flux scale squared.
    static let greatestNoise = 1e200

    private(set) var curves: [apus_gp_curve] = []
    /// theta0 at the start of the search, for each of `curves`.
    private(set) var start: [Double] = []
    /// Days since the curve's first point; flux and squared error, divided by the curve's unit.
    private(set) var t: [Double] = []
    private(set) var flux: [Double] = []
    private(set) var noise: [Double] = []

    mutating func removeAll() {
        curves.removeAll(keepingCapacity: true)
        start.removeAll(keepingCapacity: true)
        t.removeAll(keepingCapacity: true)
        flux.removeAll(keepingCapacity: true)
        noise.removeAll(keepingCapacity: true)
    }

    /// Appends a curve of `batch`, or nothing and says why.
    mutating func append(_ curve: Int, of batch: borrowing LightCurveBatch, passbands: Int) -> SkipReason? {
        let rows = batch.rows(of: curve)
        var counts = SIMD8<Int32>.zero
        var earliest = Double.infinity
        var latest = -Double.infinity
        for row in rows where batch.passband[row] < passbands {
            let mjd = batch.mjd[row]
            guard mjd.isFinite, batch.flux[row].isFinite, batch.fluxErr[row].isFinite else { return .nonFinite }
            earliest = min(earliest, mjd)
            latest = max(latest, mjd)
            counts[Int(batch.passband[row])] += 1
        }
        let count = Int(counts.wrappedSum())
        guard count > 0 else { return .tooFewDetections }
        guard count <= APUS_GP_POINTS else { return .tooManyDetections }
        guard latest > earliest else { return .noTimeSpan }
        guard latest - earliest <= Self.longestSpan else { return .nonFinite }

        var description = apus_gp_curve()
        description.first = Int32(t.count)
        description.row = Int32(curve)
        description.span = latest - earliest
        sort(rows, of: batch, passbands: passbands, since: earliest, counts, &description)
        guard scale(from: t.count - count, &description) else {
            removeLast(count)
            return .nonFinite
        }
        curves.append(description)
        return nil
    }

    private mutating func removeLast(_ count: Int) {
        t.removeLast(count)
        flux.removeLast(count)
        noise.removeLast(count)
    }

    /// Appends the points by slot, sorted, as they are but for the time and with errors squared.
    private mutating func sort(
        _ rows: Range<Int>, of batch: borrowing LightCurveBatch, passbands: Int, since earliest: Double,
        _ counts: SIMD8<Int32>, _ description: inout apus_gp_curve
    ) {
        var bands = SIMD8<UInt8>(0, 1, 2, 3, 4, 5, 6, 7)
        for slot in 1..<max(passbands, 2) {
            var place = slot
            while place > 0, counts[Int(bands[place])] > counts[Int(bands[place - 1])] {
                (bands[place], bands[place - 1]) = (bands[place - 1], bands[place])
                place -= 1
            }
        }
        var counted = SIMD8<Int32>.zero
        for slot in 0..<passbands {
            let band = bands[slot]
            counted[slot] = counts[Int(band)]
            guard counted[slot] > 0 else { continue }
            let base = t.count
            for row in rows where batch.passband[row] == band {
                let error = batch.fluxErr[row]
                insert(from: base, t: batch.mjd[row] - earliest, flux: batch.flux[row], noise: error * error)
            }
        }
        description.count = (counted[0], counted[1], counted[2], counted[3], counted[4], counted[5])
        description.band = (bands[0], bands[1], bands[2], bands[3], bands[4], bands[5])
    }

    private mutating func insert(from base: Int, t time: Double, flux value: Double, noise squared: Double) {
        t.append(time)
        flux.append(value)
        noise.append(squared)
        var place = t.count - 1
        while place > base, (time, value, squared) < (t[place - 1], flux[place - 1], noise[place - 1]) {
            t[place] = t[place - 1]
            flux[place] = flux[place - 1]
            noise[place] = noise[place - 1]
            place -= 1
        }
        t[place] = time
        flux[place] = value
        noise[place] = squared
    }

    /// Finds the start of the search as `GaussianProcessFit` does, and divides by the power of two below the scale.
    private mutating func scale(from base: Int, _ description: inout apus_gp_curve) -> Bool {
        var maximum = -Double.infinity
        for row in base..<flux.count {
            maximum = max(maximum, flux[row])
        }
        var scale = 0.0
        var bestSignificance = -1.0
        for row in base..<flux.count {
            let softened = (noise[row] + (0.01 * maximum) * (0.01 * maximum)).squareRoot()
            let significance = abs(flux[row]) / softened
            if significance > bestSignificance {
                bestSignificance = significance
                scale = abs(flux[row])
            }
        }
        let theta0 = log((0.5 * scale) * (0.5 * scale) / 2)
        guard theta0.isFinite else { return false }
        let unit = scale.binade
        for row in base..<flux.count {
            flux[row] /= unit
            noise[row] = (noise[row] + GaussianProcess.jitter) / unit / unit
            guard flux[row].isFinite, noise[row] <= Self.greatestNoise else { return false }
        }
        description.unit = unit
        description.start_variance = (0.5 * (scale / unit)) * (0.5 * (scale / unit))
        start.append(theta0)
        return true
    }

    /// Lends the arrays to C for the duration of `body`.
    mutating func withPoints<Result>(
        _ body: (UnsafeMutablePointer<apus_gp_curve>?, Int32, apus_gp_points) -> Result
    ) -> Result {
        // SAFETY: the pointers live as long as the closures that are given them, and `body` does not keep them.
        t.withUnsafeBufferPointer { t in
            flux.withUnsafeBufferPointer { flux in
                noise.withUnsafeBufferPointer { noise in
                    let points = apus_gp_points(t: t.baseAddress, flux: flux.baseAddress, noise: noise.baseAddress)
                    return curves.withUnsafeMutableBufferPointer { curves in
                        body(curves.baseAddress, Int32(curves.count), points)
                    }
                }
            }
        }
    }
}

/// Observations of many alerts as a structure of arrays: all columns have one length, `count`.
///
/// An alert's history is a range of rows (`Alert.observations`), in the order the packet has them, which for ZTF is ascending jd, with
/// the alert's own candidate last. Missing values are NaN. A worker keeps one and clears it for each batch, so that no row allocates.
public struct Detections: Sendable {
    /// Where a row comes from.
    public enum Origin: UInt8, Sendable {
        /// The alert's own candidate.
        case candidate
        /// A detection in the alert's history.
        case previous
        /// A visit without a detection: only `diffmaglim` is known.
        case upperLimit
        /// Forced photometry at the object's position.
        case forced
    }

    /// Julian date of the exposure, days.
    public private(set) var jd: [Double] = []
    public private(set) var band: [Band] = []
    public private(set) var origin: [Origin] = []
    /// Magnitude of the difference flux, AB; NaN for an upper limit and for surveys that publish fluxes.
    public private(set) var magpsf: [Float] = []
    /// One-sigma error of `magpsf`, magnitudes.
    public private(set) var sigmapsf: [Float] = []
    /// Five-sigma limiting magnitude of the difference image, AB.
    public private(set) var diffmaglim: [Float] = []
    /// +1 where the science image is brighter than the reference, -1 where fainter, 0 unknown.
    public private(set) var isdiffpos: [Int8] = []
    /// Difference flux, nJy; NaN where the survey publishes magnitudes.
    public private(set) var flux: [Float] = []
    /// One-sigma error of `flux`, nJy.
    public private(set) var fluxErr: [Float] = []

    public init() {}

    public var count: Int { jd.count }

    /// One row of the arrays.
    public struct Row: Sendable {
        public var jd: Double
        public var band: Band
        public var origin: Origin
        public var magpsf: Float
        public var sigmapsf: Float
        public var diffmaglim: Float
        public var isdiffpos: Int8
        public var flux: Float
        public var fluxErr: Float

        public init(
            jd: Double, band: Band, origin: Origin, magpsf: Float = .nan, sigmapsf: Float = .nan,
            diffmaglim: Float = .nan, isdiffpos: Int8 = 0, flux: Float = .nan, fluxErr: Float = .nan
        ) {
            self.jd = jd
            self.band = band
            self.origin = origin
            self.magpsf = magpsf
            self.sigmapsf = sigmapsf
            self.diffmaglim = diffmaglim
            self.isdiffpos = isdiffpos
            self.flux = flux
            self.fluxErr = fluxErr
        }
    }

    public subscript(index: Int) -> Row {
        Row(
            jd: jd[index], band: band[index], origin: origin[index], magpsf: magpsf[index], sigmapsf: sigmapsf[index],
            diffmaglim: diffmaglim[index], isdiffpos: isdiffpos[index], flux: flux[index], fluxErr: fluxErr[index])
    }

    public mutating func append(_ row: Row) {
        jd.append(row.jd)
        band.append(row.band)
        origin.append(row.origin)
        magpsf.append(row.magpsf)
        sigmapsf.append(row.sigmapsf)
        diffmaglim.append(row.diffmaglim)
        isdiffpos.append(row.isdiffpos)
        flux.append(row.flux)
        fluxErr.append(row.fluxErr)
    }

    /// Appends rows, such as an alert's.
    ///
    /// PERF: a column at a time, so that its owner and its room are checked once and not for each row: 1,270
    /// instructions for 29 rows, where row by row they are 6,500.
    public mutating func append(_ rows: Span<Row>) {
        jd.append(column: { $0.jd }, of: rows)
        band.append(column: { $0.band }, of: rows)
        origin.append(column: { $0.origin }, of: rows)
        magpsf.append(column: { $0.magpsf }, of: rows)
        sigmapsf.append(column: { $0.sigmapsf }, of: rows)
        diffmaglim.append(column: { $0.diffmaglim }, of: rows)
        isdiffpos.append(column: { $0.isdiffpos }, of: rows)
        flux.append(column: { $0.flux }, of: rows)
        fluxErr.append(column: { $0.fluxErr }, of: rows)
    }

    /// Drops every row from `count` on and keeps the memory: how a decoder takes back a message that turned out to be damaged.
    public mutating func truncate(to count: Int) {
        let surplus = self.count - count
        guard surplus > 0 else { return }
        jd.removeLast(surplus)
        band.removeLast(surplus)
        origin.removeLast(surplus)
        magpsf.removeLast(surplus)
        sigmapsf.removeLast(surplus)
        diffmaglim.removeLast(surplus)
        isdiffpos.removeLast(surplus)
        flux.removeLast(surplus)
        fluxErr.removeLast(surplus)
    }
}

extension Array {
    /// Appends one value of each row.
    @inline(__always)
    fileprivate mutating func append(column value: (Detections.Row) -> Element, of rows: Span<Detections.Row>) {
        append(addingCapacity: rows.count) { output in
            // SAFETY: the span has room for `rows.count` more elements, which this fills, and indices are those of the rows.
            // PERF: stores without a check for each; with them the columns cost as much as the rows' decoding.
            output.withUnsafeMutableBufferPointer { places, count in
                for index in rows.indices {
                    places.initializeElement(at: count &+ index, to: value(rows[unchecked: index]))
                }
                count += rows.count
            }
        }
    }
}

public import Alerts
public import LightCurves
public import ModelFile

/// What the published pipeline makes of 480 real alerts, 300 of them classified.
public struct Golden: Sendable {
    public static let shared = Result { try Golden() }

    /// The alerts with their histories; their solar-system flag is expressed by `ssdistnr`.
    public var alerts = AlertBatch()
    /// For each of the 300 its index in `alerts`.
    public var rows: [Int]
    /// For each of the 300 the passbands of its two channels.
    public var passbands: [[Passband]] = []
    /// For each of the 300 the detections that the fit saw.
    public var curves: [LightCurve] = []
    /// Seen by Fink's flag as a solar-system object, for each of the 480.
    public var roid: [Int32]
    public let pipeline: Safetensors

    private init() throws {
        let file = try SharedData.golden("alerts")
        pipeline = try SharedData.golden("pipeline")
        roid = try file.values("roid")
        rows = try pipeline.values("row", as: Int64.self).map { Int($0) }
        try readAlerts(file)
        try readCurves()
    }

    private mutating func readAlerts(_ file: Safetensors) throws {
        let offsets: [Int64] = try file.values("offsets")
        let jd: [Double] = try file.values("jd")
        let fid: [Int32] = try file.values("fid")
        let magpsf: [Float] = try file.values("magpsf")
        let sigmapsf: [Float] = try file.values("sigmapsf")
        let isdiffpos: [Int32] = try file.values("isdiffpos")
        let candid: [Int64] = try file.values("candid")
        let jdstarthist: [Double] = try file.values("jdstarthist")
        for index in candid.indices {
            let range = Int(offsets[index])..<Int(offsets[index + 1])
            for row in range {
                let origin: Detections.Origin =
                    row == range.upperBound - 1 ? .candidate : magpsf[row].isNaN ? .upperLimit : .previous
                alerts.detections.append(
                    .init(
                        jd: jd[row], band: try band(fid[row]), origin: origin, magpsf: magpsf[row],
                        sigmapsf: sigmapsf[row], isdiffpos: Int8(isdiffpos[row])))
            }
            let last = range.upperBound - 1
            var alert = Alert(
                survey: .ztf, candid: candid[index], objectId: ObjectId(candid[index]), jd: jd[last],
                band: try band(fid[last]))
            alert.jdstarthist = jdstarthist[index]
            alert.ssdistnr = roid[index] == 3 ? 1 : .nan
            alert.ndethist = 1
            alert.observations = range
            alerts.alerts.append(alert)
        }
    }

    private mutating func readCurves() throws {
        let offsets: [Int64] = try pipeline.values("obs_offsets")
        let mjd = try doubles("obs_mjd")
        let flux = try doubles("obs_flux")
        let fluxErr = try doubles("obs_flux_err")
        let fid: [Int32] = try pipeline.values("obs_fid")
        let filters: [Int32] = try pipeline.values("filters")
        for index in rows.indices {
            passbands.append([try passband(filters[2 * index]), try passband(filters[2 * index + 1])])
            var curve = LightCurve()
            for row in Int(offsets[index])..<Int(offsets[index + 1]) {
                curve.append(mjd: mjd[row], passband: try passband(fid[row]), flux: flux[row], fluxErr: fluxErr[row])
            }
            curves.append(curve)
        }
    }

    /// The rows of the 300 whose channels are g and r, which all but two have.
    public var rowsInGAndR: [Int] { rows.indices.filter { passbands[$0] == [.ztfG, .ztfR] } }

    public func doubles(_ name: String) throws -> [Double] { try pipeline.values(name) }

    public func floats(_ name: String) throws -> [Float] { try pipeline.values(name) }

    /// A tensor of two columns as pairs.
    public func pairs(_ name: String) throws -> [SIMD2<Double>] {
        let values = try doubles(name)
        return stride(from: 0, to: values.count, by: 2).map { SIMD2(values[$0], values[$0 + 1]) }
    }

    public func flags(_ name: String) throws -> [Bool] {
        try pipeline.values(name, as: Int32.self).map { $0 != 0 }
    }

    /// A batch that holds one of the 480 alone.
    public func batch(ofAlert index: Int) -> AlertBatch {
        var batch = AlertBatch()
        var alert = alerts.alerts[index]
        for row in alert.observations {
            batch.detections.append(alerts.detections[row])
        }
        alert.observations = 0..<batch.detections.count
        batch.alerts.append(alert)
        return batch
    }

    private func band(_ fid: Int32) throws -> Band {
        guard let band = Band(ztfFilter: fid) else { throw UnknownFilter(fid: fid) }
        return band
    }

    private func passband(_ fid: Int32) throws -> Passband {
        switch fid {
        case 1: .ztfG
        case 2: .ztfR
        case 3: .ztfI
        default: throw UnknownFilter(fid: fid)
        }
    }

    struct UnknownFilter: Error {
        var fid: Int32
    }
}

/// The published cuts, but any age: what it takes to run the golden alerts, most of which are older than 90 days.
public let anyAge: Selection = {
    var selection = Preset.finkT2.selection
    selection.maximumAgeDays = .infinity
    return selection
}()

import Alerts
import AvroCoding
import Foundation
import LightCurves

/// Light curves that are measured together.
struct CurveSet: Sendable {
    let name: String
    let curves: [LightCurve]

    static let passbands = [Passband.ztfG, Passband.ztfR]

    /// Mean number of points.
    var points: Double { Double(curves.reduce(0) { $0 + $1.count }) / Double(max(1, curves.count)) }

    init(simulated points: Int, count: Int, seed: UInt64) {
        name = "simulated"
        curves = SimulatedCurves.make(count: count, points: points, seed: seed &+ UInt64(points))
    }

    /// The curves of the alerts in files and folders that `fink-t2` can regrid, whatever their age; again and again if
    /// there are fewer than `count`.
    init(paths: [String], count: Int) throws {
        let decoder = AlertDecoder()
        let preset = Preset.finkT2
        var selection = preset.selection
        selection.maximumAgeDays = nil
        var regridder = Regridder(passbands: preset.passbands, length: regridLength)
        var curve = LightCurve()
        var usable: [LightCurve] = []
        for path in try PacketSet.files(paths) {
            var batch = AlertBatch()
            var message: [UInt8] = []
            do {
                let records = try MessageReader(path: path)
                while try records.next(into: &message) { _ = try decoder.decode(message.span.bytes, into: &batch) }
            } catch {
                throw BenchError.unreadable(path: path, reason: "\(error)")
            }
            for alert in batch.alerts {
                guard selection.reason(toSkip: alert, DetectionCounts(alert, in: batch.detections)) == nil else { continue }
                curve.fill(from: alert, in: batch.detections, passbands: preset.passbands)
                if (try? regridder.regrid(curve)) != nil { usable.append(curve) }
            }
        }
        guard !usable.isEmpty else { throw BenchError.noCurves(paths: paths) }
        name = "files"
        curves = (0..<max(count, usable.count)).map { usable[$0 % usable.count] }
    }
}

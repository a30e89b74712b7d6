import Alerts
import AvroCoding

extension Inspector {
    /// Everything that was decoded is defined: numbers that must be finite are, ranges lie within the rows.
    func checkContent(_ batch: AlertBatch, added: Outcome) {
        guard case .success(let count) = added else { return }
        let rows = batch.detections
        var next: Int?
        for alert in batch.alerts.suffix(count) {
            let range = alert.observations
            let exists = !range.isEmpty && range.lowerBound >= 0 && range.upperBound <= rows.count
            check(exists, "rows \(range) do not exist")
            check(next == nil || next == range.lowerBound, "rows between two alerts belong to neither")
            next = range.upperBound
            let idCount = alert.objectId.count
            check((1...ObjectId.maximumLength).contains(idCount), "objectId of \(idCount) bytes")
            check(alert.jd.isFinite && alert.ra.isFinite && alert.dec.isFinite, "jd, ra or dec is not finite")
            check((-1...1).contains(alert.isdiffpos), "isdiffpos is no sign")
            check(rows.origin[range.upperBound - 1] == .candidate, "the last row is not the candidate's")
            check(rows.jd[range.upperBound - 1] == alert.jd, "the candidate's row has another jd")
            for row in range.dropLast() { check(rows.origin[row] != .candidate, "two candidates in one alert") }
            for row in range {
                check(rows.jd[row].isFinite, "a row's jd is not finite")
                check((-1...1).contains(rows.isdiffpos[row]), "a row's isdiffpos is no sign")
            }
        }
        check(next == nil || next == rows.count, "rows after the last alert")
        let counts = [
            rows.band.count, rows.origin.count, rows.magpsf.count, rows.sigmapsf.count, rows.diffmaglim.count,
            rows.isdiffpos.count, rows.flux.count, rows.fluxErr.count,
        ]
        check(counts.allSatisfy { $0 == rows.count }, "columns of different lengths")
    }

    /// Equal bit for bit, NaN included.
    func same(_ left: AlertBatch, _ right: AlertBatch) -> Bool {
        let (a, b) = (left.detections, right.detections)
        guard left.count == right.count, a.count == b.count else { return false }
        for (one, other) in zip(left.alerts, right.alerts) where !same(one, other) { return false }
        return a.jd == b.jd && a.band == b.band && a.origin == b.origin && a.isdiffpos == b.isdiffpos
            && same(a.magpsf, b.magpsf) && same(a.sigmapsf, b.sigmapsf) && same(a.diffmaglim, b.diffmaglim)
            && same(a.flux, b.flux) && same(a.fluxErr, b.fluxErr)
    }

    private func same(_ left: [Float], _ right: [Float]) -> Bool {
        for index in left.indices where left[index].bitPattern != right[index].bitPattern { return false }
        return true
    }

    private func same(_ left: Alert, _ right: Alert) -> Bool {
        let floats = { (alert: Alert) in
            [
                alert.magpsf, alert.sigmapsf, alert.rb, alert.drb, alert.ssdistnr, alert.distnr, alert.magnr,
                alert.sgscore, alert.distpsnr,
            ].map(\.bitPattern)
        }
        return left.survey == right.survey && left.candid == right.candid && left.objectId == right.objectId
            && left.jd == right.jd && left.ra.bitPattern == right.ra.bitPattern
            && left.dec.bitPattern == right.dec.bitPattern && left.band == right.band
            && left.isdiffpos == right.isdiffpos && left.ndethist == right.ndethist
            && left.observations == right.observations
            && left.jdstarthist.bitPattern == right.jdstarthist.bitPattern && floats(left) == floats(right)
    }
}

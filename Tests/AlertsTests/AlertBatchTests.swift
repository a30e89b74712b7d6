import Alerts
import Testing

@Suite struct AlertBatchTests {
    @Test func truncationTakesBackAlertsAndRows() throws {
        var batch = AlertBatch()
        for candid in 1...3 {
            let start = batch.detections.count
            for day in 0..<candid {
                batch.detections.append(.init(jd: Double(day), band: .g, origin: .previous, magpsf: 18))
            }
            var alert = Alert(
                survey: .ztf, candid: Int64(candid), objectId: ObjectId(Int64(candid)), jd: 0, band: .g)
            alert.observations = start..<batch.detections.count
            batch.alerts.append(alert)
        }
        batch.truncate(alerts: 2, detections: 3)
        #expect(batch.alerts.map(\.candid) == [1, 2])
        #expect(batch.detections.count == 3)
        #expect(batch.detections[2].jd == 1)
        batch.removeAll()
        #expect(batch.count == 0 && batch.detections.count == 0)
    }

    @Test func rowsAppendedTogetherAreThoseAppendedOneByOneAndCopiesStayAsTheyWere() {
        var rows: [Detections.Row] = []
        for index in 0..<100 {
            var row = Detections.Row(jd: Double(index), band: Band.allCases[index % 6], origin: .previous)
            if index % 2 == 0 { row.origin = .forced }
            let value = Float(index)
            row.magpsf = value + 0.1
            row.sigmapsf = value + 0.2
            row.diffmaglim = value + 0.3
            row.isdiffpos = Int8(index % 3) - 1
            row.flux = value + 0.4
            row.fluxErr = value + 0.5
            rows.append(row)
        }
        var oneByOne = Detections()
        for row in rows { oneByOne.append(row) }
        let (first, rest, nothing) = (Array(rows[..<30]), Array(rows[30...]), [Detections.Row]())
        var together = Detections()
        together.append(first.span)
        let copy = together
        together.append(rest.span)
        together.append(nothing.span)
        #expect(together.count == 100)
        #expect("\(together)" == "\(oneByOne)")
        #expect(copy.count == 30)
        #expect(copy[29].jd == 29)
    }

    @Test(arguments: zip([1, 2, 3], [Band.g, .r, .i]))
    func ztfFiltersAreBands(fid: Int32, band: Band) {
        #expect(Band(ztfFilter: fid) == band)
        #expect(band.ztfFilter == fid)
        #expect(Band(ztfFilter: 0) == nil)
    }
}

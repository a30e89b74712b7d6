import Alerts
import LightCurves
import TestSupport
import Testing

@Suite struct SelectionTests {
    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func theGoldenFlagsOfAllAlertsFollowFromTheDetectionCounts() throws {
        let golden = try Golden.shared.get()
        let alerts = golden.alerts
        let young = try golden.flags("pass_nocds")
        let crossmatched = try golden.flags("pass_fink")
        let twoFilters = try golden.flags("two_filters")
        let broad = try golden.flags("broad22")
        let droppedIBand = try golden.flags("dropped_iband")
        for (row, index) in golden.rows.enumerated() {
            let alert = alerts.alerts[index]
            let counts = DetectionCounts(alert, in: alerts.detections)
            let filters = [Band.g, .r, .i].count { counts[$0] > 0 }
            let passes = counts.total >= 2 && alert.jd - alert.jdstarthist <= 90 && golden.roid[index] != 3
            #expect(passes == young[row], "\(alert.candid)")
            #expect(!crossmatched[row] || passes, "\(alert.candid)")
            #expect((filters == 2) == twoFilters[row], "\(alert.candid)")
            #expect((counts[.g] >= 2 && counts[.r] >= 2) == broad[row], "\(alert.candid)")
            #expect((filters == 3) == droppedIBand[row], "\(alert.candid)")
        }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func thePresetSelectsTheGoldenAlertsThatPassAndHaveBothBands() throws {
        let golden = try Golden.shared.get()
        let alerts = golden.alerts
        let young = try golden.flags("pass_nocds")
        var expected = [Bool](repeating: false, count: alerts.count)
        for row in golden.rowsInGAndR {
            expected[golden.rows[row]] = young[row]
        }
        var reasons: [SkipReason: Int] = [:]
        var selected = 0
        for (index, alert) in alerts.alerts.enumerated() {
            let reason = Preset.finkT2.selection.reason(
                toSkip: alert, DetectionCounts(alert, in: alerts.detections))
            #expect((reason == nil) == expected[index], "\(alert.candid) \(reason?.name ?? "selected")")
            if let reason { reasons[reason, default: 0] += 1 } else { selected += 1 }
        }
        #expect(selected == 51)
        #expect(reasons == [.tooFewDetections: 70, .tooOld: 342, .solarSystemObject: 1, .missingBands: 16])
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func withAnyAgeTheClassifiedAlertsOfTwoPublishedBandsAreSelected() throws {
        let golden = try Golden.shared.get()
        let alerts = golden.alerts
        let published = Set(golden.rowsInGAndR)
        #expect(published.count == 298)
        for (row, index) in golden.rows.enumerated() {
            let alert = alerts.alerts[index]
            let reason = anyAge.reason(toSkip: alert, DetectionCounts(alert, in: alerts.detections))
            #expect(reason == (published.contains(row) ? nil : .missingBands))
        }
    }

    @Test func eachCutGivesItsOwnReason() {
        #expect(reason { _, _ in } == nil)
        #expect(reason(rows: [(0, .g, 18)]) { _, _ in } == .tooFewDetections)
        #expect(reason(rows: [(0, .g, 18), (1, .g, 18)]) { _, _ in } == .missingBands)
        #expect(reason(rows: [(0, .i, 18), (1, .r, 18)]) { _, _ in } == .missingBands)
        #expect(reason { alert, _ in alert.jdstarthist = alert.jd - 90 } == nil)
        #expect(reason { alert, _ in alert.jdstarthist = alert.jd - 90.001 } == .tooOld)
        #expect(reason { alert, _ in alert.jdstarthist = .nan } == .tooOld)
        #expect(reason { _, selection in selection.maximumDetections = 1 } == .tooManyDetections)
    }

    @Test func theCutsThatThePublishedPresetDoesNotMake() {
        #expect(reason { alert, selection in (alert.drb, selection.minimumRealBogus) = (0.5, 0.5) } == nil)
        #expect(reason { alert, selection in (alert.drb, selection.minimumRealBogus) = (0.4, 0.5) } == .lowRealBogus)
        #expect(reason { alert, selection in (alert.rb, alert.drb, selection.minimumRealBogus) = (0.4, 0.6, 0.5) } == nil)
        #expect(reason { alert, selection in (alert.rb, selection.minimumRealBogus) = (0.4, 0.5) } == .lowRealBogus)
        #expect(reason { _, selection in selection.minimumRealBogus = 1 } == nil)
        #expect(reason { alert, selection in (alert.sgscore, alert.distpsnr, selection.starScore) = (0.9, 1.4, 0.8) } == .knownVariable)
        #expect(reason { alert, selection in (alert.sgscore, alert.distpsnr, selection.starScore) = (0.9, 1.5, 0.8) } == nil)
        #expect(reason { alert, selection in (alert.sgscore, alert.distpsnr, selection.starScore) = (0.7, 0.1, 0.8) } == nil)
        #expect(reason { alert, selection in (alert.sgscore, selection.starScore) = (0.9, 0.8) } == nil)
        #expect(reason { alert, selection in (alert.ssdistnr, selection.skipsSolarSystem) = (2, false) } == nil)
        #expect(reason { alert, selection in (alert.jdstarthist, selection.maximumAgeDays) = (.nan, nil) } == nil)
        #expect(reason { _, selection in selection.maximumDetections = nil } == nil)
    }

    @Test func aCurveWithoutVariationBeyondItsErrorsIsFlat() throws {
        func curve(_ flux: (Double) -> Double) -> [Detections.Row] {
            (0..<10).map { (day: Int) -> Detections.Row in
                fluxRow(Double(day), day % 2 == 0 ? .g : .r, flux(Double(day)), 10)
            }
        }
        let flat = curve { 100 + $0.truncatingRemainder(dividingBy: 3) }
        let rising = curve { 100 + 10 * $0 }
        let single = [fluxRow(0, .g, 100, 10), fluxRow(1, .r, 500, 10)]
        for preset in [Preset.observations1, Preset.grid1.changed { $0.observations.minimumPoints = 2 }] {
            var selection = preset.selection
            #expect(extract(batch(ofRows: flat), preset, selection: selection).skips == [nil])
            selection.minimumVariation = 2
            #expect(extract(batch(ofRows: flat), preset, selection: selection).skips == [.flat])
            #expect(extract(batch(ofRows: rising), preset, selection: selection).skips == [nil])
            #expect(extract(batch(ofRows: single), preset, selection: selection).skips == [nil])
        }
        // 100, 104 and 102 with errors of 2: chi-squared (4 + 4) / 4 over 2.
        var points = LightCurve()
        for (day, flux) in [100.0, 104, 102].enumerated() {
            points.append(mjd: Double(day), passband: .ztfG, flux: flux, fluxErr: 2)
        }
        #expect(points.variation == 1)
    }

    @Test func aStreamsCutsAreCheckedAgainstThePreset() throws {
        for (field, change) in [
            ("requiredBands", { $0.requiredBands = [.z] }), ("minimumRealBogus", { $0.minimumRealBogus = 1.5 }),
            ("starScore", { $0.starScore = .nan }), ("minimumVariation", { $0.minimumVariation = -1 }),
            ("maximumAgeDays", { $0.maximumAgeDays = .nan }), ("maximumDetections", { $0.maximumDetections = 1 }),
        ] as [(String, (inout Selection) -> Void)] {
            var selection = Preset.finkT2.selection
            change(&selection)
            do {
                try selection.validate(passbands: Preset.finkT2.passbands)
                Issue.record("\(field) was not refused")
            } catch {
                #expect("\(error)".contains("selection.\(field):"), "\(error)")
            }
        }
    }

    @Test func aKnownObjectNearerThanAnyStarAndSeldomSeenIsOfTheSolarSystem() {
        #expect(reason { alert, _ in alert.ssdistnr = 4.9 } == .solarSystemObject)
        #expect(reason { alert, _ in alert.ssdistnr = 5 } == nil)
        #expect(reason { alert, _ in alert.ssdistnr = -999 } == nil)
        #expect(reason { alert, _ in (alert.ssdistnr, alert.distpsnr) = (2, -999) } == .solarSystemObject)
        #expect(reason { alert, _ in (alert.ssdistnr, alert.distpsnr) = (2, 1) } == nil)
        #expect(reason { alert, _ in (alert.ssdistnr, alert.ndethist) = (2, 6) } == nil)
    }

    @Test func upperLimitsForcedPhotometryAndMissingErrorsAreNoUsableDetections() {
        var batch = AlertBatch()
        batch.detections.append(.init(jd: 1, band: .g, origin: .upperLimit, diffmaglim: 20))
        batch.detections.append(.init(jd: 2, band: .g, origin: .forced, magpsf: 18, sigmapsf: 0.1))
        batch.detections.append(.init(jd: 3, band: .g, origin: .previous, magpsf: 18))
        batch.detections.append(.init(jd: 4, band: .r, origin: .candidate, magpsf: 18, sigmapsf: 0.1))
        var alert = Alert(survey: .ztf, candid: 1, objectId: ObjectId(1), jd: 4, band: .r)
        alert.observations = 0..<4
        let counts = DetectionCounts(alert, in: batch.detections)
        #expect(counts.total == 2)
        #expect(counts[.g] == 0)
        #expect(counts[.r] == 1)
    }

    @Test func rowsOutsideTheBatchAreNotRead() {
        var alert = Alert(survey: .ztf, candid: 1, objectId: ObjectId(1), jd: 4, band: .r)
        alert.observations = 5..<900
        #expect(DetectionCounts(alert, in: Detections()).total == 0)
    }

    @Test func storedValuesOfReasonsNeverChange() {
        let stored = Dictionary(uniqueKeysWithValues: SkipReason.allCases.map { ($0.rawValue, $0.name) })
        #expect(
            stored == [
                1: "too_few_detections", 2: "too_old", 3: "missing_bands", 4: "solar_system_object", 5: "no_time_span",
                6: "non_finite", 7: "not_positive_definite", 8: "too_many_detections", 9: "low_real_bogus", 10: "known_variable",
                11: "flat", 200: "duplicate",
            ])
    }

    /// The reason for an ordinary alert after `change`.
    private func reason(
        rows: [(Double, Band, Float)] = [(0, .g, 18), (1, .r, 18.5), (2, .g, 18.2)],
        _ change: (inout Alert, inout Selection) -> Void
    ) -> SkipReason? {
        var batch = madeUpBatch([rows])
        var selection = Preset.finkT2.selection
        change(&batch.alerts[0], &selection)
        return selection.reason(toSkip: batch.alerts[0], DetectionCounts(batch.alerts[0], in: batch.detections))
    }
}

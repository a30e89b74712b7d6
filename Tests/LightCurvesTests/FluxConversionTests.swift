import Alerts
import LightCurves
import TestSupport
import Testing

@Suite struct FluxConversionTests {
    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func timesAreThePublishedExactlyAndFluxesWithin1e9() throws {
        let golden = try Golden.shared.get()
        var worstFlux = 0.0
        var worstError = 0.0
        for (row, index) in golden.rows.enumerated() {
            let published = golden.curves[row]
            var curve = LightCurve()
            curve.fill(
                from: golden.alerts.alerts[index], in: golden.alerts.detections, passbands: golden.passbands[row])
            #expect(curve.mjd == published.mjd)
            #expect(curve.band == published.band)
            for point in 0..<min(curve.count, published.count) {
                worstFlux = max(worstFlux, abs(curve.flux[point] / published.flux[point] - 1))
                worstError = max(worstError, abs(curve.fluxErr[point] / published.fluxErr[point] - 1))
            }
        }
        print("flux differs by \(worstFlux), its error by \(worstError)")
        #expect(worstFlux <= 1e-9)
        #expect(worstError <= 1e-9)
    }

    @Test func magnitude27Point5IsUnitFlux() {
        #expect(FluxConversion.flux(magpsf: 27.5) == 1)
        #expect(abs(FluxConversion.fluxErr(magpsf: 27.5, sigmapsf: 0.5) - 0.4605) < 1e-4)
    }

    @Test func timeCountsBackFromTheFirstRowEvenIfThatIsAnUpperLimit() {
        var batch = madeUpBatch([[(5, .g, 18), (7, .i, 18), (9, .r, 18)]])
        var detections = Detections()
        detections.append(.init(jd: 2_458_000.5, band: .g, origin: .forced, magpsf: 18, sigmapsf: 0.1))
        detections.append(.init(jd: 2_459_001.5, band: .g, origin: .upperLimit, diffmaglim: 20))
        for row in 0..<3 {
            detections.append(batch.detections[row])
        }
        batch.alerts[0].observations = 0..<5
        var curve = LightCurve()
        curve.fill(from: batch.alerts[0], in: detections, passbands: Preset.finkT2.passbands)
        #expect(curve.mjd == [-4, -8])
        #expect(curve.band == [.g, .r])
        #expect(curve.wavelength == [4804.79, 6436.92])
    }
}

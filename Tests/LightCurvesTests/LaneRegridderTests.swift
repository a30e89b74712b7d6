import Alerts
import CAllocationCounter
import CKernels
import LightCurves
import Testing

/// What a curve's result does and does not depend on.
@Suite struct LaneRegridderTests {
    private static func curves(seed: UInt64, _ counts: [Int]) -> [LightCurve] {
        var random = SplitMix64(seed: seed)
        return counts.map { simulatedCurve(count: $0, using: &random) }
    }

    private static let various = curves(seed: 1, (0..<120).map { 2 + ($0 * 7) % 41 })

    @Test func everyInstructionSetGivesTheSameBits() {
        let expected = LaneCode.scalar.regridder()
        expected.regrid(batch(of: Self.various), predictsDeviation: true)
        #expect(expected.outcomes.allSatisfy { $0.reason == nil })
        for code in LaneCode.available {
            let regridder = code.regridder()
            regridder.regrid(batch(of: Self.various), predictsDeviation: true)
            #expect(regridder.outcomes == expected.outcomes, "\(code)")
            #expect(regridder.mean == expected.mean, "\(code)")
            #expect(regridder.deviation == expected.deviation, "\(code)")
        }
    }

    @Test(arguments: LaneCode.available)
    func theResultDoesNotDependOnTheRestOfTheBatch(code: LaneCode) {
        let together = code.regridder()
        together.regrid(batch(of: Self.various))
        let size = 300
        let reversed = code.regridder()
        reversed.regrid(batch(of: Self.various.reversed()))
        let alone = code.regridder()
        for (index, curve) in Self.various.enumerated() {
            let mean = together.mean[index * size..<(index + 1) * size]
            let mirrored = Self.various.count - 1 - index
            #expect(reversed.outcomes[mirrored] == together.outcomes[index])
            #expect(reversed.mean[mirrored * size..<(mirrored + 1) * size] == mean)
            guard index % 5 == 0 else { continue }
            alone.regrid(batch(of: [curve]))
            #expect(alone.outcomes[0] == together.outcomes[index])
            #expect(alone.mean[...] == mean)
        }
    }

    @Test(arguments: LaneCode.available)
    func theResultDoesNotDependOnTheOrderOfTheObservations(code: LaneCode) {
        var random = SplitMix64(seed: 3)
        let shuffled = Self.various.map { curve in
            var other = LightCurve()
            for index in (0..<curve.count).shuffled(using: &random) {
                append(curve, index, to: &other)
            }
            return other
        }
        let expected = code.regridder()
        expected.regrid(batch(of: Self.various))
        let regridder = code.regridder()
        regridder.regrid(batch(of: shuffled))
        #expect(regridder.outcomes == expected.outcomes)
        #expect(regridder.mean == expected.mean)
    }

    @Test func aConstantAddedToAllTimesChangesNothing() {
        // Whole multiples of 1/1024 day stay exact when a whole number is added.
        let rounded = Self.various.map { changed($0) { mjd, flux, error in ((mjd * 1024).rounded() / 1024, flux, error) } }
        let moved = rounded.map { changed($0) { mjd, flux, error in (mjd - 12_345, flux, error) } }
        let expected = LaneCode.scalar.regridder()
        expected.regrid(batch(of: rounded))
        let regridder = LaneCode.scalar.regridder()
        regridder.regrid(batch(of: moved))
        #expect(regridder.outcomes == expected.outcomes)
        #expect(regridder.mean == expected.mean)
    }

    @Test(arguments: [2.0, 0.125, 3.7, 1e6, 1e-3])
    func scaledFluxesScaleTheGrid(factor: Double) {
        // The jitter on the diagonal is not scaled, so errors are taken that dwarf it.
        let expected = LaneRegridder(passbands: threeBands, length: 100)
        expected.regrid(batch(of: Self.various), predictsDeviation: true)
        let scaled = Self.various.map { changed($0) { mjd, flux, error in (mjd, factor * flux, factor * error) } }
        let regridder = LaneRegridder(passbands: threeBands, length: 100)
        regridder.regrid(batch(of: scaled), predictsDeviation: true)
        // Rounding moves the end of a search a little, and where the likelihood is flat a little more.
        var differences: [Double] = []
        for (index, curve) in Self.various.enumerated() {
            let rows = index * 300..<(index + 1) * 300
            let pairs = zip(regridder.mean[rows], expected.mean[rows])
            differences.append(pairs.map { abs($0 / factor - $1) }.reduce(0, max) / largestFlux(of: curve))
        }
        expectSmall(differences)
    }

    @Test func theOrderOfThePassbandsIsThatOfTheChannels() {
        let backwards: [Passband] = threeBands.reversed()
        let expected = LaneRegridder(passbands: threeBands, length: 50)
        expected.regrid(batch(of: Self.various))
        let regridder = LaneRegridder(passbands: backwards, length: 50)
        regridder.regrid(batch(of: Self.various, passbands: backwards))
        var differences: [Double] = []
        for (index, curve) in Self.various.enumerated() {
            var largest = 0.0
            for row in index * 50..<(index + 1) * 50 {
                for band in 0..<3 {
                    largest = max(largest, abs(regridder.mean[row * 3 + 2 - band] - expected.mean[row * 3 + band]))
                }
            }
            differences.append(largest / largestFlux(of: curve))
        }
        expectSmall(differences)
    }

    private func expectSmall(_ differences: [Double], _ location: SourceLocation = #_sourceLocation) {
        let sorted = differences.sorted()
        #expect(sorted[sorted.count / 2] <= 1e-8, sourceLocation: location)
        #expect(sorted[sorted.count * 9 / 10] <= 1e-5, sourceLocation: location)
        #expect(sorted[sorted.count - 1] <= 1e-2, sourceLocation: location)
    }

    private func largestFlux(of curve: LightCurve) -> Double { curve.flux.map { abs($0) }.reduce(0, max) }


    @Test(arguments: [1, 2, 6])
    func anyNumberOfPassbandsUpToSix(count: Int) {
        let passbands = (0..<count).map { Passband(band: [.u, .g, .r, .i, .z, .y][$0], wavelength: 3600 + 1200 * Double($0)) }
        var random = SplitMix64(seed: 8)
        var batch = LightCurveBatch()
        var curves: [LightCurve] = []
        for _ in 0..<30 {
            var curve = LightCurve()
            for _ in 0..<20 {
                let passband = passbands.randomElement(using: &random) ?? .ztfG
                let flux = Double.random(in: -100...1000, using: &random)
                curve.append(
                    mjd: Double.random(in: 0...300, using: &random), passband: passband, flux: flux, fluxErr: 30)
            }
            curves.append(curve)
            batch.append(curve, passbands: passbands)
        }
        let lanes = LaneRegridder(passbands: passbands, length: 20)
        lanes.regrid(batch)
        var plain = Regridder(passbands: passbands, length: 20)
        for (index, curve) in curves.enumerated() {
            #expect(lanes.outcomes[index].reason == nil)
            let predicted = plain.predict(curve, at: lanes.outcomes[index].theta)
            #expect(predicted)
            for (point, expected) in plain.mean.enumerated() {
                #expect(abs(lanes.mean[index * 20 * count + point] - expected) <= 1e-6)
            }
        }
    }

    @Test(.enabled(if: apus_allocation_counter_works(), "allocations can't be counted here"), arguments: LaneCode.available)
    func afterTheFirstBatchNothingIsAllocated(code: LaneCode) {
        let regridder = code.regridder()
        let large = batch(of: Self.various)
        let small = batch(of: Array(Self.various.prefix(30)))
        regridder.regrid(large, predictsDeviation: true)
        apus_allocation_counter_start()
        regridder.regrid(small)
        regridder.regrid(large, predictsDeviation: true)
        regridder.regrid(large)
        #expect(apus_allocation_counter_stop() == 0)
    }

    private func append(_ curve: LightCurve, _ index: Int, to other: inout LightCurve) {
        other.append(
            mjd: curve.mjd[index], passband: Passband(band: curve.band[index], wavelength: curve.wavelength[index]),
            flux: curve.flux[index], fluxErr: curve.fluxErr[index])
    }

    private func changed(
        _ curve: LightCurve, by change: (Double, Double, Double) -> (Double, Double, Double)
    ) -> LightCurve {
        var other = LightCurve()
        for index in 0..<curve.count {
            let (mjd, flux, error) = change(curve.mjd[index], curve.flux[index], curve.fluxErr[index])
            other.append(
                mjd: mjd, passband: Passband(band: curve.band[index], wavelength: curve.wavelength[index]), flux: flux,
                fluxErr: error)
        }
        return other
    }
}

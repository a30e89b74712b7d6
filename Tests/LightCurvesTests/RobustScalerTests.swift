import LightCurves
import TestSupport
import Testing

@Suite struct RobustScalerTests {
    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func centerScaleAndScaledGridEqualThePublished() throws {
        let golden = try Golden.shared.get()
        let means = try golden.doubles("grid_mean")
        let scaled = try golden.doubles("grid_scaled")
        let inputs: [Float] = try golden.floats("model_input")
        let centers = try golden.doubles("scaler_center")
        let scales = try golden.doubles("scaler_scale")
        var sorted: [Double] = []
        var worst = 0.0
        for row in 0..<300 {
            let grid = Array(means[(row * 200)..<(row * 200 + 200)])
            for channel in 0..<2 {
                let scaler = RobustScaler(grid[...], column: channel, of: 2, sorted: &sorted)
                #expect(scaler.center == centers[row * 2 + channel])
                #expect(scaler.scale == scales[row * 2 + channel])
                for point in 0..<100 {
                    let index = row * 200 + point * 2 + channel
                    let value = scaler.scaled(means[index])
                    worst = max(worst, abs(value - scaled[index]))
                    #expect(Float(value) == inputs[index])
                }
            }
        }
        print("scaled grid differs by \(worst)")
        #expect(worst <= 1e-6)
    }

    @Test func percentilesAreInterpolated() {
        var sorted: [Double] = []
        let scaler = RobustScaler([4, 1, 3, 2], column: 0, of: 1, sorted: &sorted)
        #expect(scaler.center == 2.5)
        #expect(scaler.scale == 1.5)
        #expect(scaler.scaled(4) == 1)
    }

    @Test func aConstantColumnKeepsItsScale() {
        var sorted: [Double] = []
        let scaler = RobustScaler([7, 0, 7, 1, 7, 2], column: 0, of: 2, sorted: &sorted)
        #expect(scaler.center == 7)
        #expect(scaler.scale == 1)
    }

    @Test func noRowsGiveTheIdentity() {
        var sorted: [Double] = []
        let scaler = RobustScaler([], column: 0, of: 2, sorted: &sorted)
        #expect(scaler.center == 0)
        #expect(scaler.scale == 1)
    }
}

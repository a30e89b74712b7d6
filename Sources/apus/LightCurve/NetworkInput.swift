import Alerts
import LightCurves
import Plotting

/// What the network got of one alert; the one place here that knows how a `FeatureBatch` lays its rows out.
struct NetworkInput {
    let channels: Int
    /// (steps, channels), row-major.
    let values: [Double]
    let channelNames: [String]

    /// - Parameter row: the alert's place among those that were selected.
    init?(row: Int, of features: FeatureBatch, preset: Preset) {
        let size = features.length * features.channels
        guard row >= 0, row < features.count, size > 0, features.inputs.count >= (row + 1) * size else { return nil }
        channels = features.channels
        values = features.inputs[row * size..<(row + 1) * size].map(Double.init)
        channelNames = preset.passbands.map(\.band.letter)
    }

    /// A picture of it: lines for a few channels, a heat map for many.
    enum Panel {
        case lines(Chart)
        case heat(HeatMap)
    }

    func panel(preset: String) -> Panel {
        let title = "Network input (\(preset))"
        let names = (0..<channels).map { $0 < channelNames.count ? channelNames[$0] : "\($0)" }
        guard channels <= Band.allCases.count else {
            let order = "step, first to last as the network reads them"
            return .heat(HeatMap(title, stepTitle: order, channelNames: names, values: values))
        }
        let steps = values.count / channels
        var chart = Chart(
            title, x: Axis("grid point, first to last as the network reads them", from: 0, to: Double(max(1, steps - 1))),
            y: .covering(values, title: "scaled flux"))
        for (channel, name) in names.enumerated() {
            let band = Band.allCases.first { $0.letter == name }
            let line = (0..<steps).map { Point(Double($0), values[$0 * channels + channel]) }
            chart.series.append(Series(name, ink: band?.ink ?? .text, character: "─", marks: [.line(line)]))
        }
        return .lines(chart)
    }
}

import Alerts
import Plotting

/// What the network got of one alert.
struct NetworkInput {
    /// (steps, channels), row-major.
    let values: [Double]
    /// One a channel: a band's letter, or what else it is.
    let channelNames: [String]
    /// Whether the steps are even in time; else each is an observation.
    let isGrid: Bool

    var channels: Int { channelNames.count }

    /// A picture of it: lines for a few channels, a heat map for many.
    enum Panel {
        case lines(Chart)
        case heat(HeatMap)
    }

    func panel(preset: String) -> Panel {
        let title = "Network input (\(preset))"
        guard isGrid else {
            let order = "observation, first to last as the network reads them"
            return .heat(HeatMap(title, stepTitle: order, channelNames: channelNames, values: values))
        }
        let steps = values.count / channels
        var chart = Chart(
            title, x: Axis("grid point, first to last as the network reads them", from: 0, to: Double(max(1, steps - 1))),
            y: .covering(values, title: "scaled flux"))
        for (channel, name) in channelNames.enumerated() {
            let band = Band.allCases.first { $0.letter == name }
            let line = (0..<steps).map { Point(Double($0), values[$0 * channels + channel]) }
            chart.series.append(Series(name, ink: band?.ink ?? .text, character: "─", marks: [.line(line)]))
        }
        return .lines(chart)
    }
}

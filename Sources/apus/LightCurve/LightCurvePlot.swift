import Alerts
import Foundation
import LightCurves
import Plotting

/// The whole picture of one alert: facts, light curve, the network's input and what it made of that.
struct LightCurvePlot {
    /// What a model made of the alert.
    struct Verdict {
        var modelName: String
        var preset: String
        /// nil when the alert was skipped.
        var input: NetworkInput?
        var skip: SkipReason?
        /// Highest first; empty when the alert was skipped.
        var probabilities: [(name: String, value: Double)]
    }

    let title: String
    /// Lines of facts below the title.
    let facts: [String]
    let chart: Chart
    let verdict: Verdict?

    /// - Parameter verdict: nil without a model.
    init(_ alert: Alert, in detections: Detections, axis: FluxAxis, verdict: Verdict?) {
        self.verdict = verdict
        let lightCurve = LightCurveChart(alert, in: detections, axis: axis)
        chart = lightCurve.chart
        title = "\(alert.objectId)"
        facts = Self.facts(alert, lightCurve, verdict)
    }

    private static func facts(_ alert: Alert, _ lightCurve: LightCurveChart, _ verdict: Verdict?) -> [String] {
        let curve = lightCurve.curve
        let own = curve.detections
        let byBand = Band.allCases.compactMap { band in
            let number = own.count { $0.band == band }
            return number > 0 ? "\(band.letter) \(number)" : nil
        }
        var counts = ["\(own.count) detection\(own.count == 1 ? "" : "s")" + (byBand.isEmpty ? "" : " (\(byBand.joined(separator: ", ")))")]
        if !curve.limits.isEmpty { counts.append("\(curve.limits.count) upper limits") }
        let forced = curve.observations.count - own.count
        if forced > 0 { counts.append("\(forced) forced") }
        if alert.jdstarthist.isFinite { counts.append("first seen \(decimals(alert.jd - alert.jdstarthist, 1)) days before") }
        if let reason = lightCurve.fitFailure { counts.append("no Gaussian process: \(reason.name)") }
        var lines = [
            "candid \(alert.candid), \(alert.survey.name), ra \(decimals(alert.ra, 5)), dec \(decimals(alert.dec, 5)), "
                + "jd \(decimals(alert.jd, 5))",
            counts.joined(separator: ", "),
        ]
        if let verdict {
            let outcome = verdict.probabilities.first.map { "\($0.name) \(decimals($0.value, 3))" }
                ?? "skipped: \(verdict.skip?.name ?? "no input")"
            lines.append("\(outcome), by \(verdict.modelName), preset \(verdict.preset)")
        } else {
            lines.append("no model was given, so there is no class")
        }
        return lines
    }

    /// The class probabilities, or why there are none; nil without a model.
    var bars: BarChart? {
        verdict.map { verdict in
            BarChart(
                "Class probabilities", bars: verdict.probabilities,
                note: "not given to the network: \(verdict.skip?.name ?? "no input")")
        }
    }
}

/// A number with a fixed count of decimals, or a dash where there is none.
func decimals(_ value: Double, _ count: Int) -> String {
    value.isFinite ? String(format: "%.\(count)f", value) : "-"
}

import Alerts
import LightCurves
import Plotting

/// Makes the chart of an alert's observations and of the process fitted to them.
struct LightCurveChart {
    let curve: ObservedCurve
    let fit: FittedCurve?
    /// Why there is no fit.
    let fitFailure: SkipReason?
    let isMagnitude: Bool

    /// Least significance of forced photometry that has a magnitude worth drawing.
    private static let leastSignificance = 3.0

    init(_ alert: Alert, in detections: Detections, axis: FluxAxis) {
        let curve = ObservedCurve(alert, in: detections)
        self.curve = curve
        switch axis {
        case .magnitude: isMagnitude = true
        case .flux: isMagnitude = false
        case .auto: isMagnitude = alert.survey == .ztf && curve.detections.allSatisfy { $0.flux >= 0 }
        }
        var failure: SkipReason?
        do throws(SkipReason) {
            fit = try FittedCurve(curve, survey: alert.survey)
        } catch {
            fit = nil
            failure = error
        }
        fitFailure = failure
    }

    var chart: Chart {
        let shown = curve.observations.filter { isMagnitude ? $0.magnitude.isFinite && isWorthAMagnitude($0) : true }
        let limits = curve.limits.map { limit in
            let y = isMagnitude ? limit.magnitude : ObservedCurve.flux(magnitude: limit.magnitude)
            return (band: limit.band, point: Point(limit.day, y))
        }
        let days = shown.map(\.day) + limits.map(\.point.x) + [0]
        let xTitle = "days before the newest observation (jd \(decimals(curve.newestJd, 5)))"
        var chart = Chart(
            "Light curve", x: .covering(days, title: xTitle, margin: 0.03), y: yAxis(shown, limits.map(\.point.y)))
        for band in curve.bands {
            var marks = fitMarks(band)
            let ofBand = shown.filter { $0.band == band }
            marks.append(.limits(limits.filter { $0.band == band }.map(\.point)))
            marks.append(.points(ofBand.filter(\.isForced).map(measurement), .faint))
            let own = ofBand.filter { !$0.isForced }
            marks.append(.points(own.filter { $0.flux >= 0 }.map(measurement), .filled))
            marks.append(.points(own.filter { $0.flux < 0 }.map(measurement), isMagnitude ? .hollow : .filled))
            chart.series.append(
                Series(band.letter, ink: band.ink, symbol: band.symbol, character: Character(band.letter), marks: marks))
        }
        if fit != nil { chart.key.append(.init(.line, "Gaussian process, mean and 1 sigma")) }
        if !limits.isEmpty { chart.key.append(.init(.limit, "upper limit (5 sigma)")) }
        if isMagnitude, shown.contains(where: { $0.flux < 0 && !$0.isForced }) {
            chart.key.append(.init(.hollow, "fainter than the reference"))
        }
        if shown.contains(where: \.isForced) {
            chart.key.append(.init(.faint, "forced photometry" + (isMagnitude ? ", 3 sigma or more" : "")))
        }
        if shown.isEmpty, limits.isEmpty { chart.note = "no observation that can be drawn" }
        return chart
    }

    private func isWorthAMagnitude(_ observation: ObservedCurve.Observation) -> Bool {
        !observation.isForced || observation.flux >= Self.leastSignificance * observation.fluxErr
    }

    private func measurement(_ observation: ObservedCurve.Observation) -> Series.Measurement {
        isMagnitude
            ? .init(x: observation.day, y: observation.magnitude, error: observation.magnitudeErr)
            : .init(x: observation.day, y: observation.flux, error: observation.fluxErr)
    }

    /// Line and 1-sigma band; magnitudes end where the flux is not positive.
    private func fitMarks(_ band: Band) -> [Series.Mark] {
        guard let fit else { return [] }
        let values = fit.values(in: band)
        let intervals = values.map { value in
            let (lower, upper) = (value.mean - value.deviation, value.mean + value.deviation)
            guard isMagnitude else { return Series.Interval(x: value.day, lower: lower, upper: upper) }
            // Below zero there is no magnitude: a flux of a millionth puts the edge far off the picture.
            return Series.Interval(
                x: value.day, lower: ObservedCurve.magnitude(flux: max(lower, 1e-6)),
                upper: ObservedCurve.magnitude(flux: upper))
        }
        let line = values.map { Point($0.day, isMagnitude ? ObservedCurve.magnitude(flux: $0.mean) : $0.mean) }
        return [.band(intervals), .line(line)]
    }

    /// Covers the detections with their errors and limiting magnitudes, and of everything else what is not far from them.
    private func yAxis(_ shown: [ObservedCurve.Observation], _ limits: [Double]) -> Axis {
        let title = isMagnitude ? "difference magnitude (AB)" : "difference flux (nJy)"
        let hasDetections = shown.contains { !$0.isForced }
        let measurements = shown.filter { $0.isForced != hasDetections }.map(measurement)
        // An error bar beyond three times the spread of the points would flatten the rest.
        let bare = Axis.covering(measurements.map(\.y), title: title, margin: 0)
        let most = 1.5 * (bare.upper - bare.lower)
        var values = measurements.flatMap { point in
            let error = point.error.isFinite ? min(point.error, max(most, 0)) : 0
            return [point.y - error, point.y + error]
        }
        if isMagnitude || values.isEmpty { values += limits }
        let core = Axis.covering(values, title: title, margin: 0)
        let room = core.upper - core.lower
        var others = limits + shown.map { measurement($0).y }
        for case .line(let line) in curve.bands.flatMap(fitMarks) { others += line.map(\.y) }
        for other in others where other.isFinite {
            values.append(min(max(other, core.lower - 0.5 * room), core.upper + 0.5 * room))
        }
        return .covering(values, title: title, isReversed: isMagnitude)
    }
}

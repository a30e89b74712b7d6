import Alerts

/// Makes an alert's light curve by a preset's rules; owns scratch memory and reuses it.
struct CurveBuilder: Sendable {
    private struct Point {
        var mjd: Double
        var passband: Int
        var flux: Double
        var fluxErr: Double
        var origin: Detections.Origin

        /// Detections before forced photometry before upper limits.
        var rank: Int {
            switch origin {
            case .candidate, .previous: 0
            case .forced: 1
            case .upperLimit: 2
            }
        }

        /// Any order of rows gives this one; only equal points are equal in it.
        static func < (left: Point, right: Point) -> Bool {
            if left.mjd != right.mjd { return left.mjd < right.mjd }
            if left.passband != right.passband { return left.passband < right.passband }
            if left.rank != right.rank { return left.rank < right.rank }
            if left.fluxErr != right.fluxErr { return left.fluxErr < right.fluxErr }
            return left.flux < right.flux
        }
    }

    /// Rows of a band this close in time are of one exposure, days: 0.9 s, less than any exposure lasts.
    private static let sameExposureDays = 1e-5

    let passbands: [Passband]
    let rules: ObservationRules
    private let conversion: DifferenceFlux
    private let usesDetections, usesForced, usesUpperLimits: Bool
    private var points: [Point] = []

    init(passbands: [Passband], rules: ObservationRules) {
        self.passbands = passbands
        self.rules = rules
        conversion = DifferenceFlux(zeroPoint: rules.zeroPoint, keepsSign: rules.keepsSign)
        usesDetections = rules.rows.contains(.detections)
        usesForced = rules.rows.contains(.forced)
        usesUpperLimits = rules.rows.contains(.upperLimits)
    }

    /// Replaces `curve` by an alert's observations; returns the reason when there are too few.
    mutating func fill(_ curve: inout LightCurve, from alert: Alert, in detections: Detections) -> SkipReason? {
        guard rules.convention == .differenceFlux else {
            curve.fill(from: alert, in: detections, passbands: passbands)
            return nil
        }
        collect(alert, detections)
        sort()
        mergeExposures()
        if let most = rules.maximumPoints, points.count > most { points.removeFirst(points.count - most) }
        curve.removeAll()
        for point in points {
            curve.append(
                mjd: rules.direction == .forward ? point.mjd : -point.mjd, passband: passbands[point.passband],
                flux: point.flux, fluxErr: point.fluxErr, origin: point.origin)
        }
        return shortage
    }

    /// The usable rows in the passbands and in the window; times count from the newest of them.
    private mutating func collect(_ alert: Alert, _ detections: Detections) {
        points.removeAll(keepingCapacity: true)
        var newest = -Double.infinity
        for row in alert.observations.clamped(to: 0..<detections.count) where uses(detections.origin[row]) {
            let jd = detections.jd[row]
            guard jd.isFinite, let passband = passbandIndex(detections.band[row]),
                let (flux, fluxErr) = conversion.measurement(row, of: detections)
            else { continue }
            newest = max(newest, jd)
            points.append(
                Point(mjd: jd, passband: passband, flux: flux, fluxErr: fluxErr, origin: detections.origin[row]))
        }
        let window = rules.windowDays ?? .greatestFiniteMagnitude
        for index in points.indices { points[index].mjd -= newest }
        points.removeAll { -$0.mjd > window }
    }

    private func uses(_ origin: Detections.Origin) -> Bool {
        switch origin {
        case .candidate, .previous: usesDetections
        case .forced: usesForced
        case .upperLimit: usesUpperLimits
        }
    }

    private func passbandIndex(_ band: Band) -> Int? {
        for index in passbands.indices where passbands[index].band == band {
            return index
        }
        return nil
    }

    /// Ciura's, 2001.
    private static let gaps = [701, 301, 132, 57, 23, 10, 4, 1]

    // PERF: a Shell sort, because the library's sort allocates; rows are nearly in order as a rule.
    private mutating func sort() {
        for gap in Self.gaps where gap < points.count {
            for index in gap..<points.count {
                let point = points[index]
                var place = index
                while place >= gap, point < points[place - gap] {
                    points[place] = points[place - gap]
                    place -= gap
                }
                points[place] = point
            }
        }
    }

    /// Of several rows of one exposure and band keeps the first in rank, and of these the one with the least error.
    private mutating func mergeExposures() {
        var kept = 0
        for index in points.indices {
            let point = points[index]
            if let other = sameExposure(as: point, before: kept) {
                if (point.rank, point.fluxErr) < (points[other].rank, points[other].fluxErr) {
                    points[other].flux = point.flux
                    points[other].fluxErr = point.fluxErr
                    points[other].origin = point.origin
                }
            } else {
                points[kept] = point
                kept += 1
            }
        }
        points.removeLast(points.count - kept)
    }

    private func sameExposure(as point: Point, before end: Int) -> Int? {
        var index = end - 1
        while index >= 0, point.mjd - points[index].mjd <= Self.sameExposureDays {
            if points[index].passband == point.passband { return index }
            index -= 1
        }
        return nil
    }

    /// Why the points are too few; nil when they are not.
    private var shortage: SkipReason? {
        var total = 0
        var counts = SIMD8<Int>.zero
        for point in points where point.origin != .upperLimit {
            total += 1
            counts[point.passband] += 1
        }
        guard total >= max(1, rules.minimumPoints) else { return .tooFewDetections }
        for index in passbands.indices where counts[index] < rules.minimumPointsPerBand {
            return .missingBands
        }
        return nil
    }
}

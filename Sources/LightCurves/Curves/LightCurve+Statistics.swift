import Alerts

extension LightCurve {
    /// The nearest earlier row of a band.
    func indexBefore(_ index: Int, in band: Band) -> Int? {
        var row = index - 1
        while row >= 0 {
            if self.band[row] == band { return row }
            row -= 1
        }
        return nil
    }

    /// The row of a band that is nearest to a time, the earliest of several.
    func index(nearest mjd: Double, in band: Band) -> Int? {
        var nearest: Int?
        var least = Double.infinity
        for row in 0..<count where self.band[row] == band {
            let distance = (self.mjd[row] - mjd).magnitude
            guard distance < least else { continue }
            least = distance
            nearest = row
        }
        return nearest
    }

    /// Slope of the least-squares line through the fluxes of one band among `rows`, flux a day; nil without two times.
    func slope(in band: Band, rows: Range<Int>) -> Double? {
        var number = 0.0
        var meanTime = 0.0
        var meanFlux = 0.0
        for row in rows where self.band[row] == band {
            number += 1
            meanTime += mjd[row]
            meanFlux += flux[row]
        }
        guard number >= 2 else { return nil }
        meanTime /= number
        meanFlux /= number
        var squares = 0.0
        var products = 0.0
        for row in rows where self.band[row] == band {
            let time = mjd[row] - meanTime
            squares += time * time
            products += time * (flux[row] - meanFlux)
        }
        return squares > 0 ? products / squares : nil
    }

    /// The largest reduced chi-squared of a constant among the bands with two points or more: 1 is no variation beyond
    /// the errors; nil where no band has two.
    public var variation: Double? {
        var largest: Double?
        for band in Band.allCases {
            guard let value = variation(in: band) else { continue }
            largest = max(largest ?? 0, value)
        }
        return largest
    }

    private func variation(in band: Band) -> Double? {
        var number = 0.0
        var weights = 0.0
        var mean = 0.0
        for row in 0..<count where self.band[row] == band {
            let weight = 1 / (fluxErr[row] * fluxErr[row])
            number += 1
            weights += weight
            mean += weight * flux[row]
        }
        guard number >= 2, weights > 0 else { return nil }
        mean /= weights
        var sum = 0.0
        for row in 0..<count where self.band[row] == band {
            let deviation = (flux[row] - mean) / fluxErr[row]
            sum += deviation * deviation
        }
        let reduced = sum / (number - 1)
        return reduced.isNaN ? nil : reduced
    }
}

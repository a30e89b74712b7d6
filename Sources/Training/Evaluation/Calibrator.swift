import Glibc

/// p = softmax(z / temperature) times prior^tau, made to sum to 1: what a file's one calibration is.
///
/// Temperature and tau are fitted on predictions that no training saw; tau moves between the natural prior (0: as the network was
/// trained) and balanced classes.
public struct Calibrator: Sendable, Equatable {
    public var temperature: Double
    public var tau: Double
    /// Share of each class among the objects that were trained on.
    public var prior: [Double]

    public init(temperature: Double = 1, tau: Double = 0, prior: [Double]) {
        self.temperature = temperature
        self.tau = tau
        self.prior = prior
    }

    /// What is added to logit / temperature of each class.
    public var biases: [Double] { prior.map { tau * log(max($0, 1e-6)) } }

    /// Probabilities of one row of logits.
    public func probabilities(_ logits: some Collection<Float>) -> [Float] {
        var values = zip(logits, biases).map { Double($0) / temperature + $1 }
        let largest = values.max() ?? 0
        values = values.map { exp($0 - largest) }
        let sum = values.reduce(0, +)
        return values.map { Float($0 / sum) }
    }

    /// The temperature and tau with the least mean of -ln p, each example by its weight, found on a grid that is refined.
    public static func fit(
        logits: [Float], labels: [Int], weights: [Double], prior: [Double], taus: ClosedRange<Double>
    ) -> Calibrator {
        let classes = prior.count
        func loss(_ calibrator: Calibrator) -> Double {
            let biases = calibrator.biases
            var sum = 0.0
            for (index, label) in labels.enumerated() {
                var largest = -Double.infinity
                var values = [Double](repeating: 0, count: classes)
                for k in 0..<classes {
                    values[k] = Double(logits[index * classes + k]) / calibrator.temperature + biases[k]
                    largest = max(largest, values[k])
                }
                let total = values.reduce(0) { $0 + exp($1 - largest) }
                sum += weights[index] * (log(total) + largest - values[label])
            }
            return sum
        }
        var best = Calibrator(temperature: 1, tau: min(max(0, taus.lowerBound), taus.upperBound), prior: prior)
        var bestLoss = loss(best)
        var (factor, step) = (1.6, (taus.upperBound - taus.lowerBound) / 4)
        while factor > 1.005 {
            var improved = false
            for (scale, shift) in [(factor, 0.0), (1 / factor, 0), (1, step), (1, -step)] {
                var next = best
                next.temperature *= scale
                next.tau = min(taus.upperBound, max(taus.lowerBound, next.tau + shift))
                let value = loss(next)
                if value < bestLoss - 1e-12 {
                    (best, bestLoss, improved) = (next, value, true)
                }
            }
            if !improved {
                factor = factor.squareRoot()
                step /= 2
            }
        }
        return best
    }
}

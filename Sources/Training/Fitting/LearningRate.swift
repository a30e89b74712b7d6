import Glibc

/// The learning rate over a run.
public enum LearningRate: Sendable, Codable, Equatable {
    case constant(Float)
    /// Rises to `peak` over the first `warmUp` of the steps and falls to nothing over the rest, both as half a cosine (Smith and
    /// Topin 2019).
    case oneCycle(peak: Float, warmUp: Double = 0.3)

    /// The rate at a step of so many.
    public func rate(step: Int, of count: Int) -> Float {
        switch self {
        case .constant(let rate): return rate
        case .oneCycle(let peak, let warmUp):
            let progress = Double(step) / Double(max(1, count))
            let (low, high): (Double, Double)
            let fraction: Double
            if progress < warmUp {
                (low, high) = (0.04, 1)
                fraction = progress / warmUp
                return peak * Float(low + (high - low) * (1 - cos(.pi * fraction)) / 2)
            }
            (low, high) = (1e-4, 1)
            fraction = (progress - warmUp) / (1 - warmUp)
            return peak * Float(low + (high - low) * (1 + cos(.pi * fraction)) / 2)
        }
    }
}

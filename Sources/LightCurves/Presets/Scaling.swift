/// How the values of a grid are scaled; `Scaling.robust` and `.fixed` leave as many channels as there are passbands.
public enum Scaling: Codable, Equatable, Sendable {
    /// Each channel of each object by its own median and interquartile range: amplitude and colour are lost.
    case robust
    /// Each channel by a centre and scale from training, the same for every object.
    case fixed(channels: [Channel])
    /// All channels by the object's brightest observation, whose common logarithm, scaled, is one more channel.
    case perObject(logScale: Channel)

    /// (value - center) / scale.
    public struct Channel: Codable, Equatable, Sendable {
        public var center: Double
        public var scale: Double

        public init(center: Double = 0, scale: Double = 1) {
            self.center = center
            self.scale = scale
        }

        func scaled(_ value: Double) -> Double { (value - center) / scale }
    }
}

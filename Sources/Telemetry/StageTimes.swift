/// Seconds of thread time spent in each stage of the route, summed over workers.
public struct StageTimes: Sendable, Equatable {
    public var decode = 0.0
    /// Selection, regridding and scaling.
    public var features = 0.0
    public var inference = 0.0
    public var write = 0.0

    public init() {}

    public static func += (left: inout StageTimes, right: StageTimes) {
        left.decode += right.decode
        left.features += right.features
        left.inference += right.inference
        left.write += right.write
    }
}

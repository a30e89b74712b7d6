/// Alerts and the observations they refer to, owned by one worker and cleared for each batch.
public struct AlertBatch: Sendable {
    public var alerts: [Alert] = []
    public var detections = Detections()

    public init() {}

    public var count: Int { alerts.count }

    /// Empties the batch and keeps its memory.
    public mutating func removeAll() {
        truncate(alerts: 0, detections: 0)
    }

    /// Drops the newest alerts and rows, back to counts noted earlier, and keeps the memory.
    public mutating func truncate(alerts alertCount: Int, detections detectionCount: Int) {
        alerts.removeLast(max(0, alerts.count - alertCount))
        detections.truncate(to: detectionCount)
    }
}

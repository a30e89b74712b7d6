public import Logging
public import ServiceLifecycle
public import Telemetry

/// Logs a line about the stream every so often.
public struct StatusService: Service {
    private let telemetry: RunTelemetry
    private let intervalMs: Int
    private let logger: Logger

    public init(_ telemetry: RunTelemetry, intervalMs: Int, logger: Logger) {
        self.telemetry = telemetry
        self.intervalMs = intervalMs
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var consumedBefore = 0
            while (try? await Task.sleep(for: .milliseconds(intervalMs))) != nil {
                let totals = telemetry.snapshot
                let consumed = totals.counters.consumed
                let rate = Double(consumed - consumedBefore) * 1000 / Double(intervalMs)
                consumedBefore = consumed
                logger.info("\(StatusLine(totals, alertsPerSecond: rate))")
            }
        }
    }
}

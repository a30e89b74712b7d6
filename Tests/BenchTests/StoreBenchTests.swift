import Bench
import TestSupport
import Testing

struct StoreBenchTests {
    @Test func everyLoadIsMeasuredAndTheAccountCloses() throws {
        var configuration = StoreBench.Configuration(connection: try TemporaryPostgres.shared().connectionString)
        configuration.batchSizes = [50]
        configuration.repetitions = 1
        configuration.secondsPerRepetition = 0.1
        let report = try StoreBench(configuration).run()
        #expect(report.lines.map(\.load) == StoreBench.Load.allCases.flatMap { [$0.rawValue, $0.rawValue] })
        #expect(report.lines.map(\.writers) == [1, 2, 1, 2, 1, 2, 1, 2])
        #expect(report.lines.allSatisfy { ($0.alertsPerSecond.first ?? 0) > 0 })
        for line in report.lines where line.load != "clean" {
            #expect((line.storedPerSecond.first ?? 0) < (line.alertsPerSecond.first ?? 0))
        }
        #expect(report.accountCloses)
    }
}

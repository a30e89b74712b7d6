import Alerts
import Dispatch
import Foundation
import Store
import Synchronization

/// Measures how fast results are written to PostgreSQL: alert, classification, counts and offsets, all indexes on.
///
/// In a database of its own, which is dropped at the end.
public struct StoreBench: Sendable {
    public struct Configuration: Sendable {
        /// Of any database of the server; it must be allowed to create others.
        public var connection: String
        public var batchSizes = [100, 500, 1000, 5000]
        public var writers = [1, 2]
        public var repetitions = 3
        public var secondsPerRepetition = 2.0

        public init(connection: String) {
            self.connection = connection
        }
    }

    /// What the stream is like.
    public enum Load: String, CaseIterable, Sendable {
        /// Every alert is new and can be stored.
        case clean
        /// Every tenth alert was stored before.
        case duplicates
        /// Of a hundred alerts ten were stored before, and one has an object id that is no text.
        case poisoned
        /// The same, but it takes the database to find the one: it breaks a rule of the operator's.
        case refused
    }

    private let configuration: Configuration
    private let database: String

    private static let classes = [
        "mu-Lens-Single", "TDE", "EB", "SNII", "SNIax", "Mira", "SNIbc", "KN", "M-dwarf", "SNIa-91bg", "AGN", "SNIa",
        "RRL", "SLSN-I",
    ]
    /// Kafka partitions a writer owns.
    static let partitions = 4

    public init(_ configuration: Configuration) {
        self.configuration = configuration
        database = "apus_bench_\(ProcessInfo.processInfo.processIdentifier)"
    }

    public func run(_ report: (StoreReport.Line) -> Void = { _ in }) throws -> StoreReport {
        let admin = try Connection(configuration.connection)
        try admin.execute(SQL(verbatim: "CREATE DATABASE \(database)"))
        defer { _ = try? admin.execute(SQL(verbatim: "DROP DATABASE \(database) WITH (FORCE)")) }
        let connection = try Connection(try target())
        _ = try Migrator(connection).migrate()
        let settings = try connection.query(
            """
            SELECT name || '=' || current_setting(name) FROM unnest(ARRAY['server_version', 'fsync', 'synchronous_commit',
                'shared_buffers', 'max_wal_size', 'full_page_writes']) AS s(name)
            """)
        var result = StoreReport(machine: .current(), server: settings.rows.compactMap { $0.first ?? nil })
        for load in Load.allCases {
            if load == .refused {
                try connection.execute("ALTER TABLE alert ADD CONSTRAINT refused CHECK (candid > 0)")
            }
            for writers in configuration.writers {
                for size in configuration.batchSizes {
                    let line = try measure(load, batchSize: size, writers: writers)
                    report(line)
                    result.lines.append(line)
                }
            }
        }
        result.accountCloses =
            try Account(from: connection).closes && Account.mismatches(in: connection).isEmpty
        return result
    }

    private func target() throws -> String {
        // Later settings win over those of the string; a URI takes them as parameters.
        guard configuration.connection.contains("://") else { return configuration.connection + " dbname=\(database)" }
        guard var parts = URLComponents(string: configuration.connection) else {
            throw BenchError.unusableConnection
        }
        parts.path = "/" + database
        guard let text = parts.string else { throw BenchError.unusableConnection }
        return text
    }

    private func measure(_ load: Load, batchSize: Int, writers: Int) throws -> StoreReport.Line {
        var workers: [StoreBenchWorker] = []
        for number in 0..<writers {
            workers.append(
                try StoreBenchWorker(
                    connection: Connection(target()), number: number, load: load, batchSize: batchSize,
                    classes: Self.classes))
        }
        var line = StoreReport.Line(load: load.rawValue, batchSize: batchSize, writers: writers)
        let shared = workers
        for repetition in 0...configuration.repetitions {
            let start = ContinuousClock.now
            let deadline = start.advanced(by: .seconds(repetition == 0 ? 0.5 : configuration.secondsPerRepetition))
            let outcome = Mutex<(consumed: Int, stored: Int, failure: String?)>((0, 0, nil))
            DispatchQueue.concurrentPerform(iterations: writers) { number in
                do {
                    let (consumed, stored) = try shared[number].write(until: deadline)
                    outcome.withLock {
                        $0.consumed += consumed
                        $0.stored += stored
                    }
                } catch {
                    outcome.withLock { $0.failure = "\(error)" }
                }
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let (consumed, stored, failure) = outcome.withLock { $0 }
            if let failure { throw BenchError.peerFailed(peer: "PostgreSQL", reason: failure) }
            // The first one warms up caches and prepares statements.
            guard repetition > 0 else { continue }
            line.alertsPerSecond.append(Double(consumed) / seconds)
            line.storedPerSecond.append(Double(stored) / seconds)
        }
        return line
    }
}

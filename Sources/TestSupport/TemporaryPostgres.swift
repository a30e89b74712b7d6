public import Foundation
import Synchronization

/// A PostgreSQL server of the tests' own (`Deploy/postgres --fast`), on loopback, gone with the test process.
public final class TemporaryPostgres: Sendable {
    public let port: Int
    /// Holds the cluster; the server's log is `data/server.log` in it.
    public let folder: URL
    private let databases = Atomic<Int>(0)

    private static let sharedServer = Result { try TemporaryPostgres() }

    /// The one server that all tests of a process share: start-up takes about a second.
    public static func shared() throws -> TemporaryPostgres {
        try sharedServer.get()
    }

    public init() throws {
        (folder, port) = try Shell.startServer("postgres", options: ["--fast"])
    }

    /// libpq's connection string for the database `apus`.
    public var connectionString: String { connectionString(database: "apus") }

    /// Creates an empty database of a new name and returns its connection string.
    public func createDatabase() throws -> String {
        let number = databases.add(1, ordering: .relaxed).newValue
        let name = "test_\(number)"
        try Shell.run(
            "/usr/bin/env", "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", connectionString, "-c",
            "CREATE DATABASE \(name)")
        return connectionString(database: name)
    }

    /// Stops the server and waits for it; `restart` starts it again on the same port with the same data.
    public func stop() throws {
        try Shell.run("Deploy/postgres", "stop", folder.path)
    }

    public func restart() throws {
        try Shell.run("Deploy/postgres", "start", "--fast", folder.path, "\(port)")
    }

    private func connectionString(database: String) -> String {
        "host=127.0.0.1 port=\(port) user=apus dbname=\(database)"
    }
}

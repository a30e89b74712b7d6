public import Foundation

/// A broker of the tests' own that speaks Kafka's protocol (`Deploy/broker`), on loopback, gone with the test process.
public final class TemporaryBroker: Sendable {
    public let port: Int
    /// Holds the broker's log, `broker.log`.
    public let folder: URL

    private static let sharedBroker = Result { try TemporaryBroker() }

    /// The one broker that all tests of a process share; each test takes topics of its own.
    public static func shared() throws -> TemporaryBroker {
        try sharedBroker.get()
    }

    public init() throws {
        (folder, port) = try Shell.startServer("broker", options: [])
    }

    /// For librdkafka's `bootstrap.servers`.
    public var address: String { "127.0.0.1:\(port)" }

    public func createTopic(_ name: String, partitions: Int) throws {
        try Shell.run("Deploy/broker", "topic", folder.path, name, "\(partitions)")
    }

    /// Stops the broker, which forgets all topics, and waits for it.
    public func stop() throws {
        try Shell.run("Deploy/broker", "stop", folder.path)
    }

    /// Starts a stopped broker again on its port. Close the clients first: to one that goes on fetching a forgotten
    /// topic this broker answers with an empty topic id, at which librdkafka 2.8 dereferences a null pointer.
    public func restart() throws {
        try Shell.run("Deploy/broker", "start", folder.path, "\(port)")
    }
}

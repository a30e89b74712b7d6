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

    /// Stops the broker, which forgets all messages, and waits for it; `restart` starts it again on the same port.
    public func stop() throws {
        try Shell.run("Deploy/broker", "stop", folder.path)
    }

    public func restart() throws {
        try Shell.run("Deploy/broker", "start", folder.path, "\(port)")
    }
}

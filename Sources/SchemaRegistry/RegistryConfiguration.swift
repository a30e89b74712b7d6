/// How a schema registry is asked.
public struct RegistryConfiguration: Sendable {
    /// `http://` or `https://`, host, port, and a path if need be; without credentials.
    public var url: String
    /// For HTTP basic authentication; no credentials are sent where both are empty.
    public var user: String
    public var password: String
    /// A folder where schemas are kept for times when the registry is down; made if need be, nil for none.
    public var cacheFolder: String?
    /// How long an id that the registry does not know may be registered after all.
    public var waitUnknownMs: Int
    /// For one request, from connecting to the last byte.
    public var timeoutMs: Int

    public init(
        url: String, user: String = "", password: String = "", cacheFolder: String? = nil, waitUnknownMs: Int = 60_000,
        timeoutMs: Int = 5_000
    ) {
        self.url = url
        self.user = user
        self.password = password
        self.cacheFolder = cacheFolder
        self.waitUnknownMs = waitUnknownMs
        self.timeoutMs = timeoutMs
    }
}

// So that a configuration that ends up in a text does not take the password there.
extension RegistryConfiguration: CustomStringConvertible, CustomReflectable {
    public var description: String { "schema registry \(url)" }

    public var customMirror: Mirror { Mirror(self, children: ["url": url]) }
}

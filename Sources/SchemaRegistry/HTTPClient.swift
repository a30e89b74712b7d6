internal import CCurl

/// GET requests by libcurl: system certificates, no redirects, a limit for time and size.
///
/// A value without state: each request has a handle of its own, since there is one request for each schema.
struct HTTPClient: Sendable {
    /// Without a slash at its end.
    let baseURL: String
    let user: String
    let password: String
    let timeoutMs: Int

    /// Longer than any survey's schema by a factor of ten, escaped as a JSON string.
    static let largestBody = 8 << 20

    private static let isReady = apus_curl_global_init() == CURLE_OK

    init(_ configuration: RegistryConfiguration) throws(RegistryError) {
        var url = configuration.url
        while url.hasSuffix("/") { url.removeLast() }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw .badConfiguration(reason: "schemas.registry should begin with http:// or https://")
        }
        guard !url.contains("@") else {
            throw .badConfiguration(
                reason: "schemas.registry holds credentials: set schemas.user and schemas.password instead")
        }
        guard !url.contains(where: { $0.isWhitespace || $0 == "?" || $0 == "#" }) else {
            throw .badConfiguration(reason: "schemas.registry should be a URL without a query")
        }
        baseURL = url
        user = configuration.user
        password = configuration.password
        timeoutMs = max(1, configuration.timeoutMs)
    }

    /// Asks for a path below the base and returns status and body, whatever the status.
    func get(_ path: String) throws(RegistryError) -> (status: Int, body: [UInt8]) {
        // What the handle refers to outlives it: curl_easy_cleanup may still write an error's text.
        let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        defer { errorText.deallocate() }
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        var headers = curl_slist_append(nil, "Accept: application/vnd.schemaregistry.v1+json, application/json")
        defer { curl_slist_free_all(headers) }
        headers = curl_slist_append(headers, "User-Agent: apus") ?? headers
        let body = Body(limit: Self.largestBody)
        guard Self.isReady, let curl = curl_easy_init() else { throw .unreachable(reason: "libcurl does not start") }
        defer { curl_easy_cleanup(curl) }

        var codes = [
            apus_curl_set_error_text(curl, errorText), apus_curl_set_headers(curl, headers),
            apus_curl_set_text(curl, CURLOPT_URL, baseURL + path),
            apus_curl_set_text(curl, CURLOPT_PROTOCOLS_STR, "http,https"),
            // Signals belong to the process; without this a time-out of the resolver would use SIGALRM.
            apus_curl_set_long(curl, CURLOPT_NOSIGNAL, 1),
            apus_curl_set_long(curl, CURLOPT_TIMEOUT_MS, timeoutMs),
            apus_curl_set_long(curl, CURLOPT_CONNECTTIMEOUT_MS, timeoutMs),
            // A redirect could take the credentials to another host.
            apus_curl_set_long(curl, CURLOPT_FOLLOWLOCATION, 0),
        ]
        if !user.isEmpty || !password.isEmpty {
            codes += [
                apus_curl_set_basic_auth(curl),
                apus_curl_set_text(curl, CURLOPT_USERNAME, user), apus_curl_set_text(curl, CURLOPT_PASSWORD, password),
            ]
        }
        // SAFETY: the body lives to the end of this function, and curl calls back only inside curl_easy_perform.
        codes.append(apus_curl_set_write(curl, Self.write, Unmanaged.passUnretained(body).toOpaque()))
        guard codes.allSatisfy({ $0 == CURLE_OK }) else { throw .unreachable(reason: "libcurl refuses an option") }

        let code = withExtendedLifetime(body) { curl_easy_perform(curl) }
        guard code == CURLE_OK else {
            if body.isTooLarge { throw .tooLarge(limit: Self.largestBody) }
            if code == CURLE_OPERATION_TIMEDOUT { throw .timedOut(timeoutMs: timeoutMs) }
            let text = errorText[0] == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
            throw .unreachable(reason: text)
        }
        return (apus_curl_status(curl), body.bytes)
    }

    /// What has been received of an answer.
    private final class Body {
        let limit: Int
        var bytes: [UInt8] = []
        var isTooLarge = false

        init(limit: Int) {
            self.limit = limit
        }
    }

    private static let write: apus_curl_write = { bytes, _, count, context in
        guard let bytes, let context else { return 0 }
        // SAFETY: the pointer is the body that `get` keeps alive; curl gives `count` bytes of size 1.
        let body = Unmanaged<Body>.fromOpaque(context).takeUnretainedValue()
        guard body.bytes.count + count <= body.limit else {
            body.isTooLarge = true
            return 0  // makes curl end the transfer
        }
        body.bytes.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }
}

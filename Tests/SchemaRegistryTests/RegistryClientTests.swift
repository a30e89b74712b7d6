import AvroCoding
import Foundation
import SchemaRegistry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct RegistryClientTests {
    /// The client under test; times are short, since tests wait them out.
    private func client(
        _ server: RegistryServer, user: String = "", password: String = "", cache: URL? = nil, waitUnknownMs: Int = 0,
        timeoutMs: Int = 500
    ) throws -> RegistryClient {
        try RegistryClient(
            RegistryConfiguration(
                url: server.url, user: user, password: password, cacheFolder: cache?.path, waitUnknownMs: waitUnknownMs,
                timeoutMs: timeoutMs))
    }

    /// The reason of the `schemaUnavailable` that asking for an id throws.
    private func unavailable(_ client: RegistryClient, id: Int32 = 1) -> String {
        do throws(AvroError) {
            _ = try client.schema(id: id)
            Issue.record("schema \(id) was given")
        } catch .schemaUnavailable(id, let reason) {
            #expect(AvroError.schemaUnavailable(id: id, reason: reason).isRetriable)
            return reason
        } catch {
            Issue.record("\(error)")
        }
        return ""
    }

    /// Asks until a schema is there; a failure is remembered for a moment.
    private func eventuallyGiven(_ client: RegistryClient, id: Int32 = 1) -> Bool {
        eventually(timeoutMs: 10_000) { (try? client.schema(id: id)) != nil }
    }

    private static let simulated = [1: ZTFSchema.simulated]

    @Test func aSchemaIsAskedForOnceAndParsed() throws {
        let server = try RegistryServer(schemas: Self.simulated)
        let client = try client(server)
        for _ in 0..<3 { #expect(try client.schema(id: 1).title == "ztf.alert 3.3") }
        #expect(try client.source.byId(1).title == "ztf.alert 3.3")
        #expect(server.requests == ["/schemas/ids/1"])
        #expect(try client.check() == ["JSON", "PROTOBUF", "AVRO"])
    }

    @Test func threadsThatAskAtOnceShareOneRequest() async throws {
        let server = try RegistryServer(schemas: Self.simulated)
        let client = try client(server)
        let titles = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 { group.addTask { try client.schema(id: 1).title } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(titles == Array(repeating: "ztf.alert 3.3", count: 8) && server.requests.count == 1)
    }

    @Test func aRegistryThatIsDownIsWaitedForAndUsedWhenItIsBack() throws {
        let server = try RegistryServer(schemas: Self.simulated)
        server.stop()
        let client = try client(server)
        #expect(unavailable(client).contains("not reachable"))
        try server.restart()
        #expect(eventuallyGiven(client))
    }

    @Test func aSlowRegistryIsGivenUpAtTheTimeOut() throws {
        let server = try RegistryServer(schemas: Self.simulated)
        server.behaviour = .slow
        let client = try client(server, timeoutMs: 200)
        let start = Date()
        #expect(unavailable(client).contains("within 200 ms"))
        #expect(Date().timeIntervalSince(start) < 5)
        server.behaviour = .right
        #expect(eventuallyGiven(client))
    }

    @Test(arguments: [
        (500, "oops", "HTTP status 500"), (503, "", "HTTP status 503"), (302, "", "HTTP status 302"),
        (401, "{}", "credentials"), (403, "{}", "credentials"), (200, "<html>hello</html>", "not the JSON"),
        (200, "", "not the JSON"), (200, "{\"id\": 3}", "without a schema"), (200, "[1]", "not the JSON"),
        (200, "{\"schema\": 7}", "not the JSON"), (200, "{\"schema\": \"{\"}", "no Avro schema"),
        (200, "{\"schema\": \"{\\\"type\\\": \\\"record\\\"}\"}", "no Avro schema"),
        (200, "{\"schema\": \"message A {}\", \"schemaType\": \"PROTOBUF\"}", "of type PROTOBUF"),
        (404, "<html>not found</html>", "404 without a registry's error code"),
        (404, "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}", "error code 404"),
    ])
    func anAnswerThatIsNoSchemaIsRetriableAndSaysWhatItWas(status: Int, body: String, expected: String) throws {
        let server = try RegistryServer(schemas: Self.simulated)
        server.behaviour = .answer(status: status, body: body)
        let client = try client(server)
        #expect(unavailable(client).contains(expected))
        server.behaviour = .right
        #expect(eventuallyGiven(client))
    }

    @Test func aBodyThatDoesNotEndIsCutOff() throws {
        let server = try RegistryServer(schemas: Self.simulated)
        server.behaviour = .endless
        #expect(unavailable(try client(server, timeoutMs: 20_000)).contains("longer than"))
    }

    @Test func whatABatchAsksForDuringAnOutageIsOneRequest() throws {
        let server = try RegistryServer(schemas: Self.simulated)
        server.behaviour = .slow
        let client = try client(server, timeoutMs: 300)
        // As a batch of messages with several ids asks; the time-out is longer than all of these take.
        let start = Date()
        for id: Int32 in 1...50 { _ = unavailable(client, id: id) }
        #expect(server.requests.count <= 3 && Date().timeIntervalSince(start) < 3)
    }

    // MARK: - Credentials

    @Test func credentialsAreSentAndWrongOnesAreNamedButNotShown() throws {
        let server = try RegistryServer(schemas: Self.simulated)
        server.require(user: "reader", password: "pa:ss w\u{f6}rd")
        #expect(try client(server, user: "reader", password: "pa:ss w\u{f6}rd").schema(id: 1).title == "ztf.alert 3.3")
        let wrong = unavailable(try client(server, user: "reader", password: "hunter2"))
        #expect(wrong.contains("schemas.password") && wrong.contains("401") && !wrong.contains("hunter2"))
        #expect(unavailable(try client(server)).contains("401"))
    }

    @Test func aConfigurationDoesNotShowItsPassword() {
        let configuration = RegistryConfiguration(url: "http://x", user: "u", password: "hunter2")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("hunter2"))
    }

    @Test(arguments: ["", "x", "ftp://x", "http://me:hunter2@x", "http://x?y=1", "http://x y", "file:///etc/passwd"])
    func aURLThatCannotWorkIsRefusedAtOnce(url: String) {
        let error = #expect(throws: RegistryError.self) { try RegistryClient(RegistryConfiguration(url: url)) }
        #expect(error?.isRetriable == false && error?.description.contains("schemas.registry") == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    // MARK: - Unknown ids

    @Test func anUnknownIdIsWaitedForAndThenGivenUp() throws {
        let server = try RegistryServer(schemas: Self.simulated)
        let client = try client(server, waitUnknownMs: 600)
        #expect(unavailable(client, id: 5).contains("may be registered yet"))
        let isGivenUp = eventually(timeoutMs: 10_000) {
            do throws(AvroError) {
                _ = try client.schema(id: 5)
                return false
            } catch {
                return error == .unknownSchemaId(id: 5)
            }
        }
        #expect(isGivenUp)
        // Then it is not asked for at every message.
        let count = server.requests.count
        for _ in 0..<20 { #expect(throws: AvroError.unknownSchemaId(id: 5)) { try client.schema(id: 5) } }
        #expect(server.requests.count == count)
        #expect(try client.schema(id: 1).title == "ztf.alert 3.3")
    }

    @Test func anUnknownIdThatIsRegisteredInTimeIsUsed() throws {
        let server = try RegistryServer()
        let client = try client(server, waitUnknownMs: 60_000)
        #expect(unavailable(client).contains("knows no schema with id 1"))
        server.set(schema: ZTFSchema.simulated, id: 1)
        #expect(eventuallyGiven(client))
    }

    @Test func withoutAWaitAnUnknownIdIsGivenUpAtOnce() throws {
        let client = try client(try RegistryServer())
        #expect(throws: AvroError.unknownSchemaId(id: 9)) { try client.schema(id: 9) }
    }

    @Test func idsThatNoRegistryGivesAreNotAskedFor() throws {
        let server = try RegistryServer()
        let client = try client(server, waitUnknownMs: 60_000)
        for id: Int32 in [0, -1, .min] {
            #expect(throws: AvroError.unknownSchemaId(id: id)) { try client.schema(id: id) }
        }
        #expect(server.requests.isEmpty)
    }

    @Test func theWaitForAnUnknownIdBeginsAnewAfterAnOutage() throws {
        let server = try RegistryServer()
        let client = try client(server, waitUnknownMs: 1_000)
        _ = unavailable(client)
        server.behaviour = .answer(status: 500, body: "")
        // Longer down than the wait is long: every attempt still says that the registry is down.
        let end = Date(timeIntervalSinceNow: 1.5)
        _ = eventually(timeoutMs: 1_500) {
            _ = unavailable(client)
            return Date() > end
        }
        server.behaviour = .right
        let knows = eventually(timeoutMs: 5_000) { unavailable(client).contains("knows no schema") }
        #expect(knows)
    }

    // MARK: - References

    @Test func aSchemaThatRefersToOthersIsPutTogether() throws {
        let server = try RegistryServer()
        let candidate = #"{"type":"record","name":"candidate","namespace":"t","fields":[{"name":"jd","type":"double"}]}"#
        let alert = #"{"type":"record","name":"alert","namespace":"t","fields":[{"name":"candidate","type":"t.candidate"}]}"#
        func answer(_ schema: String, _ references: String) throws -> String {
            let text = String(decoding: try JSONEncoder().encode(schema), as: UTF8.self)
            return #"{"schema":\#(text),"references":\#(references)}"#
        }
        let reference = #"[{"name":"t.candidate","subject":"candidate/v","version":4}]"#
        server.set(answer: try answer(alert, reference), path: "/schemas/ids/3")
        server.set(answer: try answer(candidate, "[]"), path: "/subjects/candidate%2Fv/versions/4")
        let folder = try Shell.temporaryFolder("cache")
        defer { try? FileManager.default.removeItem(at: folder) }
        let schema = try client(server, cache: folder).schema(id: 3)
        #expect(schema.canonicalForm.contains(#""type":{"name":"t.candidate","type":"record""#))
        server.stop()
        #expect(try client(server, cache: folder).schema(id: 3).fingerprint == schema.fingerprint)
    }

    @Test func referencesThatGoInACircleEnd() throws {
        let server = try RegistryServer()
        let circle = #"{"schema":"\"A\"","references":[{"name":"A","subject":"a","version":1}]}"#
        server.set(answer: circle, path: "/schemas/ids/1")
        server.set(answer: circle, path: "/subjects/a/versions/1")
        #expect(unavailable(try client(server)).contains("too many references"))
        #expect(server.requests.count < 100)
    }
}

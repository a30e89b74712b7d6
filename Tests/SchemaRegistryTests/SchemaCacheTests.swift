import AvroCoding
import Foundation
import SchemaRegistry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct SchemaCacheTests {
    /// A server with one schema and a folder for the cache.
    private final class Fixture {
        let server: RegistryServer
        let folder: URL

        init() throws {
            server = try RegistryServer(schemas: [1: ZTFSchema.simulated])
            folder = try Shell.temporaryFolder("cache").appending(path: "made/if/need/be")
        }

        deinit {
            try? FileManager.default.removeItem(at: folder)
        }

        func client(url: String? = nil) throws -> RegistryClient {
            try RegistryClient(
                RegistryConfiguration(url: url ?? server.url, cacheFolder: folder.path, waitUnknownMs: 0, timeoutMs: 500))
        }

        var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] }
        var file: URL { folder.appending(path: files.first ?? "none") }

        func isUnavailable() throws -> Bool {
            let client = try client()
            do throws(AvroError) {
                _ = try client.schema(id: 1)
                return false
            } catch {
                return error.isRetriable
            }
        }
    }

    @Test func aCachedSchemaIsUsedWhileTheRegistryIsDown() throws {
        let fixture = try Fixture()
        let schema = try fixture.client().schema(id: 1)
        #expect(fixture.files == ["schema-1.json"])
        fixture.server.stop()
        #expect(try fixture.client().schema(id: 1).fingerprint == schema.fingerprint)
        #expect(throws: AvroError.self) { try fixture.client().schema(id: 2) }
    }

    @Test(arguments: [
        RegistryServer.Behaviour.slow, .answer(status: 500, body: ""), .answer(status: 200, body: "nonsense"),
        .answer(status: 401, body: "{}"),
    ])
    func aCachedSchemaIsUsedWhileTheRegistryAnswersBadly(behaviour: RegistryServer.Behaviour) throws {
        let fixture = try Fixture()
        _ = try fixture.client().schema(id: 1)
        fixture.server.behaviour = behaviour
        #expect(try fixture.client().schema(id: 1).title == "ztf.alert 3.3")
    }

    @Test func aSchemaThatTheRegistryForgotIsStillReadFromTheCache() throws {
        let fixture = try Fixture()
        _ = try fixture.client().schema(id: 1)
        fixture.server.set(schema: nil, id: 1)
        #expect(try fixture.client().schema(id: 1).title == "ztf.alert 3.3")
    }

    @Test func theRegistryGoesBeforeTheCache() throws {
        let fixture = try Fixture()
        _ = try fixture.client().schema(id: 1)
        let other = ZTFSchema.simulated.replacing("\"version\": \"3.3\"", with: "\"version\": \"3.4\"")
        fixture.server.set(schema: other, id: 1)
        #expect(try fixture.client().schema(id: 1).title == "ztf.alert 3.4")
        fixture.server.stop()
        #expect(try fixture.client().schema(id: 1).title == "ztf.alert 3.4", "the cache was renewed")
    }

    @Test func failuresAreNotCached() throws {
        let fixture = try Fixture()
        #expect(throws: AvroError.unknownSchemaId(id: 7)) { try fixture.client().schema(id: 7) }
        fixture.server.behaviour = .answer(status: 200, body: "{\"schema\": \"no Avro\"}")
        #expect(try fixture.isUnavailable())
        #expect(fixture.files.isEmpty)
    }

    @Test func aDamagedCacheFileIsPassedOver() throws {
        let fixture = try Fixture()
        _ = try fixture.client().schema(id: 1)
        let good = try Data(contentsOf: fixture.file)
        fixture.server.behaviour = .answer(status: 500, body: "")
        let text = String(decoding: good, as: UTF8.self)
        let damaged = [
            Data(), good.prefix(good.count / 2), Data("{}".utf8), Data(text.replacing("\"id\":1", with: "\"id\":2").utf8),
            Data(text.replacing("127.0.0.1", with: "10.0.0.1").utf8), Data(text.replacing("double", with: "dubble").utf8),
        ]
        for bytes in damaged {
            try #require(bytes != good)
            try bytes.write(to: fixture.file)
            #expect(try fixture.isUnavailable())
        }
        fixture.server.behaviour = .right
        #expect(try fixture.client().schema(id: 1).title == "ztf.alert 3.3")
        #expect(try Data(contentsOf: fixture.file) == good, "and is mended")
    }

    @Test func aCacheOfAnotherRegistryIsNotUsed() throws {
        let fixture = try Fixture()
        _ = try fixture.client().schema(id: 1)
        fixture.server.stop()
        let other = try fixture.client(url: fixture.server.url + "/other")
        let error = #expect(throws: AvroError.self) { try other.schema(id: 1) }
        #expect(error?.isRetriable == true)
        // A slash at the end makes no other registry.
        #expect(try fixture.client(url: fixture.server.url + "/").schema(id: 1).title == "ztf.alert 3.3")
    }

    @Test func aFolderThatCannotBeWrittenIsNoReasonToFail() throws {
        let fixture = try Fixture()
        let client = try RegistryClient(
            RegistryConfiguration(url: fixture.server.url, cacheFolder: "/dev/null/cache", timeoutMs: 500))
        #expect(try client.schema(id: 1).title == "ztf.alert 3.3")
    }

    @Test func nothingIsLeftBesideTheSchemas() throws {
        let fixture = try Fixture()
        for id in 1...5 { fixture.server.set(schema: ZTFSchema.simulated, id: id) }
        let client = try fixture.client()
        for id: Int32 in 1...5 { _ = try client.schema(id: id) }
        #expect(fixture.files.sorted() == (1...5).map { "schema-\($0).json" })
    }
}

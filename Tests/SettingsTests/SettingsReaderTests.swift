import Foundation
import Settings
import Testing

@Suite struct SettingsReaderTests {
    /// Reads a text as a file of its own.
    static func read(_ yaml: String, environment: [String: String] = [:]) throws -> Settings {
        let folder = FileManager.default.temporaryDirectory.appending(path: "apus-settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "apus.yaml")
        try Data(yaml.utf8).write(to: file)
        return try SettingsReader.read(path: file.path, environment: environment)
    }

    static func message(_ yaml: String, environment: [String: String] = [:]) -> String {
        do {
            _ = try read(yaml, environment: environment)
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test func theShippedFileIsValidAndStatesTheDefaults() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path = root.appending(path: "Config/apus.yaml").path
        var settings = try SettingsReader.read(path: path, environment: [:])
        #expect(!settings.kafka.topics.isEmpty)
        #expect(settings.model.path.hasSuffix(".apus"))
        var defaults = Settings()
        // What every installation sets for itself is the only difference.
        defaults.kafka.topics = settings.kafka.topics
        defaults.model.path = settings.model.path
        settings.kafka.librdkafka = [:]
        #expect(settings == defaults)
    }

    @Test func theShippedFileDocumentsEveryKey() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Config/apus.yaml"), encoding: .utf8)
        for name in SettingsReader.knownKeys {
            let key = name.split(separator: ".")[1]
            #expect(text.contains("\n  \(key):"), "\(name) is missing")
        }
    }

    @Test func environmentVariablesOverrideTheFile() throws {
        let settings = try Self.read(
            "kafka:\n  brokers: a:1\n  topics: [one, ^two.*]\n  group: g\nlibrdkafka:\n  security.protocol: ssl\n",
            environment: [
                "APUS_KAFKA__BROKERS": "b:2", "APUS_PIPELINE__BATCH_MESSAGES": "7",
                "APUS_LIBRDKAFKA__SASL_MECHANISM": "PLAIN", "APUS_KERNELS": "scalar",
            ])
        #expect(settings.kafka.brokers == "b:2")
        #expect(settings.kafka.topics == ["one", "^two.*"])
        #expect(settings.kafka.group == "g")
        #expect(settings.pipeline.batchMessages == 7)
        #expect(settings.kafka.librdkafka == ["security.protocol": "ssl", "sasl.mechanism": "PLAIN"])
        let topics = try Self.read("", environment: ["APUS_KAFKA__TOPICS": "x,y"]).kafka.topics
        #expect(topics == ["x", "y"])
    }

    @Test func anUnknownKeyNamesTheNearestKnownOneAndItsLine() {
        #expect(Self.message("kafka:\n  broker: x\n").contains("apus.yaml:2:3: unknown key 'kafka.broker'; did you mean 'kafka.brokers'?"))
        #expect(Self.message("pipelines:\n  workers: 2\n").contains("unknown key 'pipelines'; did you mean 'pipeline'?"))
        #expect(
            Self.message("", environment: ["APUS_KAFKA__TOPIC": "x"])
                .contains("APUS_KAFKA__TOPIC: unknown key 'kafka.topic'; did you mean 'kafka.topics'?"))
        #expect(Self.message("qqqqqqqqqqqq:\n  a: 1\n").hasSuffix("unknown key 'qqqqqqqqqqqq'"))
    }

    @Test(arguments: [
        "kafka: 3\n", "kafka:\n  brokers: [a, b]\n", "pipeline:\n  workers: -1\n", "pipeline:\n  workers: two\n",
        "log:\n  level: loud\n", "- a\n", "kafka: [\n", "kafka:\n  topics: {a: b}\n", "database:\n  connection: ''\n",
        "schemas:\n  files: alert.avsc\n", "schemas:\n  files: 0=alert.avsc\n", "schemas:\n  files: 1=\n",
        "schemas:\n  timeout_ms: 0\n", "schemas:\n  wait_unknown_ms: -1\n",
    ])
    func aBadValueIsRefused(yaml: String) {
        #expect(throws: SettingsError.self) { try Self.read(yaml) }
    }

    @Test func aPasswordIsNotShownInAnError() {
        let text = Self.message("database:\n  connection: [password=secret, b]\n")
        #expect(text.contains("database.connection") && !text.contains("secret"))
    }

    @Test func aRegistrysPasswordAndAddressAreNotShownInAnError() {
        for key in ["password", "registry"] {
            let text = Self.message("schemas:\n  \(key): [secret, b]\n")
            #expect(text.contains("schemas.\(key)") && !text.contains("secret"))
        }
    }

    @Test func schemasAreReadWithTheirPathsFromTheFileAndThePasswordFromTheEnvironment() throws {
        let yaml = """
            schemas:
              folder: schemas/lsst
              files: [77=a.avsc, 78=/b.avsc]
              registry: https://registry.example.org
              user: me
              cache: cache
              wait_unknown_ms: 0
              timeout_ms: 250
            """
        let schemas = try Self.read(yaml, environment: ["APUS_SCHEMAS__PASSWORD": "secret"]).schemas
        #expect(schemas.folder.hasPrefix("/") && schemas.folder.hasSuffix("/schemas/lsst"))
        #expect(schemas.files[77]?.hasPrefix("/") == true && schemas.files[77]?.hasSuffix("/a.avsc") == true)
        #expect(schemas.files[78] == "/b.avsc" && schemas.files.count == 2)
        #expect(schemas.cache.hasPrefix("/") && schemas.cache.hasSuffix("/cache"))
        #expect(schemas.registry == "https://registry.example.org" && schemas.user == "me")
        #expect(schemas.password == "secret" && schemas.waitUnknownMs == 0 && schemas.timeoutMs == 250)
        #expect(schemas.isConfigured && !Settings().schemas.isConfigured)
        let listed = try Self.read("", environment: ["APUS_SCHEMAS__FILES": "1=x.avsc,2=y.avsc"]).schemas
        #expect(listed.files == [1: "x.avsc", 2: "y.avsc"])
    }

    @Test func aRelativeModelPathCountsFromTheFile() throws {
        let settings = try Self.read("model:\n  path: ../models/a.apus\n")
        #expect(settings.model.path.hasPrefix("/") && settings.model.path.hasSuffix("/models/a.apus"))
        let overridden = try Self.read("model:\n  path: a.apus\n", environment: ["APUS_MODEL__PATH": "b.apus"])
        #expect(overridden.model.path == "b.apus")
    }

    @Test func cutsAreThePresetsOwnOrOffOrANumber() throws {
        let yaml = """
            selection:
              min_detections: 3
              max_detections: off
              max_age_days: 30.5
              min_real_bogus: 0.5
              star_score: preset
              solar_system: keep
            """
        let selection = try Self.read(yaml, environment: ["APUS_SELECTION__MIN_VARIATION": "1.3"]).selection
        #expect(selection.minimumDetections == .limit(3) && selection.maximumDetections == .off)
        #expect(selection.maximumAgeDays == .limit(30.5) && selection.minimumRealBogus == .limit(0.5))
        #expect(selection.starScore == .preset && selection.minimumVariation == .limit(1.3))
        #expect(selection.skipsSolarSystem == false)
        for wrong in ["min_detections: 2.5", "min_real_bogus: 1.5", "min_real_bogus: nan", "max_age_days: -1", "solar_system: maybe"] {
            #expect(throws: SettingsError.self) { try Self.read("selection:\n  \(wrong)\n") }
        }
    }

    @Test func aMissingFileIsNamed() {
        #expect(throws: SettingsError.self) { try SettingsReader.read(path: "/nonexistent/apus.yaml", environment: [:]) }
    }
}

import Alerts
import AvroCoding
import Foundation
import Store
import TestSupport
import Testing
import Workload

/// Files and messages in every framing, of one simulated alert, in a folder of their own.
private struct Messages {
    let folder: URL
    var schema: String { folder.appending(path: "alert.avsc").path }
    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// - Parameter count: files of each framing.
    init(count: Int = 1, schemaId: Int32 = 77) throws {
        folder = try Shell.temporaryFolder("messages")
        try Data(ZTFSchema.simulated.utf8).write(to: folder.appending(path: "alert.avsc"))
        var simulator = try Simulator(configuration: SimulatorConfiguration(seed: 5, alertCount: count))
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        var batch = AlertBatch()
        var bytes: [UInt8] = []
        for name in ["container", "frame", "object"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: "\(name)s"), withIntermediateDirectories: true)
        }
        for index in 0..<count {
            guard simulator.next(into: &batch) != nil else { break }
            func write(_ name: String) throws {
                try Data(bytes).write(to: folder.appending(path: "\(name)s/\(index).avro"))
            }
            let alert = batch.alerts[0]
            try encoder.encodeMessage(alert, batch.detections, into: &bytes)
            try write("container")
            try encoder.encodeFrame(alert, batch.detections, schemaId: schemaId, into: &bytes)
            try write("frame")
            try encoder.encodeSingleObject(alert, batch.detections, into: &bytes)
            try write("object")
            batch.removeAll()
        }
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }
}

@Suite(.timeLimit(.minutes(5))) struct SchemaCommandTests {
    @Test func explainTellsTheSameOfEveryFraming() throws {
        let messages = try Messages()
        defer { messages.remove() }
        let files = [
            ("containers/0.avro", "an Avro container"), ("frames/0.avro", "a Confluent frame with schema id 77"),
            ("objects/0.avro", "a single-object message with fingerprint"), ("alert.avsc", "a schema"),
        ]
        var texts: Set<String> = []
        for (file, kind) in files {
            let outcome = try Executable.run(
                ["schema", "explain", messages.path(file), "--schemas", messages.folder.path],
                environment: ["APUS_SCHEMAS__FILES": "77=\(messages.schema)"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n", maxSplits: 1)
            #expect(lines.first?.contains(kind) == true, "\(outcome.output.prefix(200))")
            texts.insert(String(lines.last ?? ""))
        }
        let text = try #require(texts.first)
        #expect(texts.count == 1)
        for part in [
            "ztf.alert 3.3", "survey       ztf", "candidate.magpsf", "previousJd", "fp_hists[]", "load float -> magpsf",
        ] {
            #expect(text.contains(part), "\(part) is missing")
        }
        let fingerprint = try Executable.run(["schema", "fingerprint", messages.schema]).output
        #expect(fingerprint.count == 17 && text.contains("fingerprint  \(fingerprint)"))
    }

    @Test func explainFailsForWhatIsNoAlert() throws {
        let folder = try Shell.temporaryFolder("explain")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "int.avsc")
        try Data(#"{"type":"record","name":"R","fields":[{"name":"x","type":"int"}]}"#.utf8).write(to: file)
        let stranger = try Executable.run(["schema", "explain", file.path])
        #expect(stranger.status == 1 && stranger.output.contains("survey       unknown"))
        #expect(stranger.errors.contains("no known survey"))
        let frame = folder.appending(path: "frame")
        try Data([0, 0, 0, 3, 132, 1, 2]).write(to: frame)
        let unknown = try Executable.run(["schema", "explain", frame.path])
        #expect(unknown.status == 1 && unknown.errors.contains("900"))
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func everyLSSTPacketIsDecodedWithTheFolderOfSchemas() throws {
        let sample = try Sample(count: 1)
        defer { sample.remove() }
        let schemas = try SharedData.path("schemas/lsst")
        let alerts = try SharedData.path("alerts/lsst/misc")
        let without = try Executable.run(["classify", "--model", sample.model, "--format", "ndjson", alerts])
        #expect(without.status == 3 && without.output.contains("unknown_schema_id"))
        for folder in [alerts, schemas] {
            let outcome = try Executable.run(
                ["classify", "--model", sample.model, "--format", "ndjson", "--schemas", schemas, folder])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(!outcome.output.contains("\"error\"") && outcome.output.split(separator: "\n").count >= 10)
        }
    }

    @Test(.enabled(if: PublishedModel.isPresent, Comment(rawValue: PublishedModel.absence)))
    func classifyGivesTheSameForEveryFraming() throws {
        let sample = try Sample(count: 1)
        let messages = try Messages(count: 60)
        defer {
            sample.remove()
            messages.remove()
        }
        let server = try RegistryServer(schemas: [77: ZTFSchema.simulated])
        func classify(_ folder: String, _ environment: [String: String]) throws -> Executable.Outcome {
            try Executable.run(
                ["classify", "--model", sample.model, "--format", "csv", messages.path(folder)],
                environment: environment)
        }
        let expected = try classify("containers", [:])
        #expect(expected.status == 0 && expected.output.split(separator: "\n").count > 5)
        let frames = try classify("frames", ["APUS_SCHEMAS__REGISTRY": server.url])
        #expect(frames.status == 0 && frames.output == expected.output, "\(frames.errors)")
        #expect(server.requests == ["/schemas/ids/77"])
        let objects = try classify("objects", ["APUS_SCHEMAS__FOLDER": messages.folder.path])
        #expect(objects.status == 0 && objects.output == expected.output, "\(objects.errors)")
        // A registry that is down says nothing about the alerts: no result at all.
        server.stop()
        let down = try classify("frames", ["APUS_SCHEMAS__REGISTRY": server.url])
        #expect(down.status == 1 && down.errors.contains("not reachable"))
    }

    @Test(.enabled(if: PublishedModel.isPresent, Comment(rawValue: PublishedModel.absence)))
    func framesFlowFromReplayToTheDatabase() throws {
        let stream = try StreamCommandTests.Stream(count: 1)
        let messages = try Messages(count: 50)
        defer {
            stream.sample.remove()
            messages.remove()
        }
        let server = try RegistryServer(schemas: [77: ZTFSchema.simulated])
        server.require(user: "me", password: "hunter2")
        let cache = messages.path("cache")
        let yaml = "\nschemas:\n  registry: \(server.url)\n  user: me\n  cache: \(cache)\n"
        let file = URL(fileURLWithPath: stream.configuration)
        try Data((String(contentsOf: file, encoding: .utf8) + yaml).utf8).write(to: file)
        let secret = ["APUS_SCHEMAS__PASSWORD": "hunter2"]
        #expect(try stream.run("migrate").status == 0)

        let good = try stream.run("check", environment: secret)
        #expect(good.status == 0 && good.output.contains("ok      schemas: registry \(server.url) with AVRO"), "\(good.output)")
        let wrong = try stream.run("check", environment: ["APUS_SCHEMAS__PASSWORD": "hunter3"])
        #expect(wrong.status == 1 && wrong.output.contains("failed  schemas") && wrong.output.contains("401"))
        #expect(!(wrong.output + wrong.errors).contains("hunter"))
        let noFolder = try stream.run("check", environment: ["APUS_SCHEMAS__FOLDER": "/nonexistent"])
        #expect(noFolder.status == 1 && noFolder.output.contains("failed  schemas: /nonexistent"))

        let running = try Executable.Running(
            ["run", "--config", stream.configuration], environment: secret, folder: stream.sample.folder)
        let replay = try stream.run("replay", "--topic", stream.topic, messages.path("frames"), environment: secret)
        #expect(replay.status == 0 && replay.errors.contains("50 messages"), "\(replay.errors)")
        let connection = try Connection(stream.database)
        let isConsumed = try eventually(timeoutMs: 60_000) {
            try connection.query("SELECT sum(next_offset) FROM stream_offset").scalar == "50"
        }
        let outcome = try running.terminate()
        #expect(isConsumed && outcome.status == 0, "\(outcome.errors)")
        #expect(!outcome.errors.contains("hunter2"))
        #expect(try connection.query("SELECT count(*) FROM alert").scalar == "50")
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache) == ["schema-77.json"])
    }
}

import Alerts
import AvroCoding
import Foundation
import TestSupport
import Testing

@Suite struct FramingTests {
    /// A source that has `ZTFSchema.simulated` under one id and under its fingerprint.
    private static func simulated(id: Int32) throws -> SchemaSource {
        let schema = try AvroSchema(json: ZTFSchema.simulated)
        let fingerprint = schema.fingerprint
        return SchemaSource(
            byId: { asked throws(AvroError) in
                guard asked == id else { throw .unknownSchemaId(id: asked) }
                return schema
            },
            byFingerprint: { asked throws(AvroError) in
                guard asked == fingerprint else { throw .unknownFingerprint(fingerprint: asked) }
                return schema
            })
    }

    @Test func `Confluent frames and single-object messages give back the alerts`() throws {
        var random = SplitMix64(seed: 31)
        var batch = AlertBatch()
        for index in 0..<60 { randomAlert(&random, history: index % 20, into: &batch) }
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        let decoder = AlertDecoder(schemas: try Self.simulated(id: 258))
        var frames = AlertBatch()
        var objects = AlertBatch()
        var message: [UInt8] = []
        for alert in batch.alerts {
            try encoder.encodeFrame(alert, batch.detections, schemaId: 258, into: &message)
            #expect(Array(message.prefix(5)) == [0, 0, 0, 1, 2])
            #expect(try decoder.decode(message, into: &frames) == 1)
            try encoder.encodeSingleObject(alert, batch.detections, into: &message)
            #expect(Array(message.prefix(2)) == [0xc3, 0x01])
            #expect(try decoder.decode(message, into: &objects) == 1)
        }
        #expect(jsonLines(frames, file: "") == jsonLines(batch, file: ""))
        #expect(jsonLines(objects, file: "") == jsonLines(batch, file: ""))
    }

    @Test func `The fingerprint of a single-object message is the schema's, little-endian`() throws {
        var random = SplitMix64(seed: 32)
        var batch = AlertBatch()
        randomAlert(&random, history: 1, into: &batch)
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        var message: [UInt8] = []
        try encoder.encodeSingleObject(batch.alerts[0], batch.detections, into: &message)
        let text = message[2..<10].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let expected = try AvroSchema(json: ZTFSchema.simulated).fingerprintText
        #expect(text == expected)
    }

    @Test func `Every prefix of a frame is an error and leaves the batch as it was`() throws {
        var random = SplitMix64(seed: 33)
        var batch = AlertBatch()
        randomAlert(&random, history: 2, into: &batch)
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        let decoder = AlertDecoder(schemas: try Self.simulated(id: 1))
        var messages: [[UInt8]] = [[], []]
        try encoder.encodeFrame(batch.alerts[0], batch.detections, schemaId: 1, into: &messages[0])
        try encoder.encodeSingleObject(batch.alerts[0], batch.detections, into: &messages[1])
        var decoded = AlertBatch()
        for message in messages {
            for count in 0..<message.count {
                #expect(throws: AvroError.self) { try decoder.decode(Array(message.prefix(count)), into: &decoded) }
            }
            #expect(throws: AvroError.self) { try decoder.decode(message + [0], into: &decoded) }
        }
        #expect(decoded.count == 0 && decoded.detections.count == 0)
    }

    @Test func `A frame whose schema nobody has is an error that names it`() throws {
        var batch = AlertBatch()
        let frame: [UInt8] = [0, 0, 0, 1, 0, 9, 9]
        #expect(throws: AvroError.unknownSchemaId(id: 256)) { try AlertDecoder().decode(frame, into: &batch) }
        let object: [UInt8] = [0xc3, 1, 8, 7, 6, 5, 4, 3, 2, 1, 9]
        let error = AvroError.unknownFingerprint(fingerprint: 0x0102_0304_0506_0708)
        #expect(throws: error) { try AlertDecoder().decode(object, into: &batch) }
        #expect(error.description.contains("0807060504030201") && !error.isRetriable)
        #expect(throws: AvroError.badMagic(found: [0xc3, 2, 0])) { try AlertDecoder().decode([0xc3, 2, 0], into: &batch) }
    }

    @Test func `A second source is asked for what the first does not know, and for nothing else`() throws {
        let down = SchemaSource(
            byId: { id throws(AvroError) in throw .schemaUnavailable(id: id, reason: "down") },
            byFingerprint: { fingerprint throws(AvroError) in throw .unknownFingerprint(fingerprint: fingerprint) })
        let first = try Self.simulated(id: 1)
        let both = first.orElse(down)
        #expect(try both.byId(1).title == "ztf.alert 3.3")
        #expect(throws: AvroError.schemaUnavailable(id: 2, reason: "down")) { try both.byId(2) }
        #expect(throws: AvroError.schemaUnavailable(id: 1, reason: "down")) { try down.orElse(first).byId(1) }
        let fingerprint = try first.byId(1).fingerprint
        #expect(try down.orElse(first).byFingerprint(fingerprint).title == "ztf.alert 3.3")
        #expect(throws: AvroError.unknownFingerprint(fingerprint: 5)) { try both.byFingerprint(5) }
    }

    @Test func `A schema that cannot be had is asked for again, and decodes when it can`() throws {
        let schema = try AvroSchema(json: ZTFSchema.simulated)
        let answers = Answers()
        let source = SchemaSource(byId: { id throws(AvroError) in
            guard answers.next() == 3 else { throw .schemaUnavailable(id: id, reason: "not yet") }
            return schema
        })
        var random = SplitMix64(seed: 34)
        var batch = AlertBatch()
        randomAlert(&random, history: 2, into: &batch)
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        var message: [UInt8] = []
        try encoder.encodeFrame(batch.alerts[0], batch.detections, schemaId: 1, into: &message)
        let decoder = AlertDecoder(schemas: source)
        var decoded = AlertBatch()
        for _ in 0..<2 {
            let error = #expect(throws: AvroError.self) { try decoder.decode(message, into: &decoded) }
            #expect(error?.isRetriable == true && error?.kind == "schema_unavailable" && decoded.count == 0)
        }
        for _ in 0..<5 { #expect(try decoder.decode(message, into: &decoded) == 1) }
        #expect(answers.count == 3, "a schema is asked for once")
    }

    /// Counts calls.
    // SAFETY: the test's own thread is the only one that uses it.
    private final class Answers: @unchecked Sendable {
        private(set) var count = 0

        func next() -> Int {
            count += 1
            return count
        }
    }

    @Test func `A file given for an id goes before the folder's layout`() throws {
        let folder = try Shell.temporaryFolder("schemas")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "mine.avsc")
        try Data(ZTFSchema.simulated.utf8).write(to: file)
        let schemas = SchemaFolder(path: nil, files: [7: file.path, 901: file.path])
        #expect(try schemas.schema(id: 7).title == "ztf.alert 3.3")
        #expect(try schemas.schema(id: 901).title == "ztf.alert 3.3")
        #expect(throws: AvroError.unknownSchemaId(id: 900)) { try schemas.schema(id: 900) }
        let fingerprint = try AvroSchema(json: ZTFSchema.simulated).fingerprint
        #expect(try schemas.source.byFingerprint(fingerprint).title == "ztf.alert 3.3")
        let missing = SchemaFolder(path: nil, files: [7: folder.appending(path: "none.avsc").path])
        #expect(throws: AvroError.self) { try missing.schema(id: 7) }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func `LSST's frames decode to the same alerts in single-object encoding`() throws {
        let folder = SchemaFolder(path: try SharedData.path("schemas/lsst"))
        let decoder = AlertDecoder(schemas: folder)
        var count = 0
        for path in try sharedFiles(below: "alerts/lsst/misc") {
            let frame = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            guard frame.first == 0 else { continue }
            let id = frame[1..<5].reduce(Int32(0)) { $0 << 8 | Int32($1) }
            let fingerprint = try folder.schema(id: id).fingerprint
            let object = [0xc3, 0x01] + withUnsafeBytes(of: fingerprint.littleEndian) { Array($0) } + frame[5...]
            var framed = AlertBatch()
            var unframed = AlertBatch()
            #expect(try decoder.decode(frame, into: &framed) == 1, "\(path)")
            #expect(try decoder.decode(object, into: &unframed) == 1, "\(path)")
            #expect(jsonLines(framed, file: "") == jsonLines(unframed, file: ""))
            count += 1
        }
        #expect(count >= 14)
    }

    @Test func `A file of one single-object message is read as that message`() throws {
        var random = SplitMix64(seed: 35)
        var batch = AlertBatch()
        randomAlert(&random, history: 2, into: &batch)
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        var bytes: [UInt8] = []
        try encoder.encodeSingleObject(batch.alerts[0], batch.detections, into: &bytes)
        let reader = try MessageReader(bytes: bytes)
        var message: [UInt8] = []
        let isFirst = try reader.next(into: &message)
        #expect(isFirst && message == bytes)
        let isSecond = try reader.next(into: &message)
        #expect(!isSecond)
    }

    @Test func `A document is told by its first bytes, and has its writer's schema`() throws {
        let folder = try Shell.temporaryFolder("document")
        defer { try? FileManager.default.removeItem(at: folder) }
        func document(_ bytes: [UInt8]) throws -> SchemaDocument {
            let file = folder.appending(path: UUID().uuidString)
            try Data(bytes).write(to: file)
            return try SchemaDocument(path: file.path, schemas: try Self.simulated(id: 3))
        }
        var random = SplitMix64(seed: 36)
        var batch = AlertBatch()
        randomAlert(&random, history: 1, into: &batch)
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        let schema = try AvroSchema(json: ZTFSchema.simulated)
        var bytes = Array("\n ".utf8) + ZTFSchema.simulated.utf8
        var kinds: [SchemaDocument.Kind] = [.schemaFile]
        #expect(try document(bytes).kind == .schemaFile)
        for kind: Framing in [.container, .confluent(id: 3), .singleObject(fingerprint: schema.fingerprint)] {
            switch kind {
            case .container: try encoder.encodeMessage(batch.alerts[0], batch.detections, into: &bytes)
            case .confluent(let id): try encoder.encodeFrame(batch.alerts[0], batch.detections, schemaId: id, into: &bytes)
            case .singleObject: try encoder.encodeSingleObject(batch.alerts[0], batch.detections, into: &bytes)
            }
            let found = try document(bytes)
            #expect(found.kind == .message(kind) && found.schema.fingerprint == schema.fingerprint)
            kinds.append(found.kind)
        }
        #expect(kinds.count == 4)
        #expect(throws: AvroError.self) { try document(Array("neither".utf8)) }
        #expect(throws: AvroError.self) { try document([]) }
    }
}

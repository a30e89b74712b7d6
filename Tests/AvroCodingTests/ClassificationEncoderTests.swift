import Alerts
import AvroCoding
import Foundation
import TestSupport
import Testing

@Suite struct ClassificationEncoderTests {
    private static let classes = ["SN Ia", "AGN", "RRL \u{e9}"]
    private static let sha256 = String(repeating: "ab", count: 32)

    private static func alert(candid: Int64 = -2_251_799_813_685_249) -> Alert {
        Alert(survey: .ztf, candid: candid, objectId: ObjectId("ZTF18abcdefg") ?? ObjectId(), jd: 2_459_000.625, band: .r)
    }

    private static func encoder() -> ClassificationEncoder {
        ClassificationEncoder(model: "t2", modelSha256: sha256, classes: classes)
    }

    /// Reads Avro's primitives one after another.
    private struct Reader {
        var bytes: ArraySlice<UInt8>

        mutating func integer() -> Int64 {
            var bits: UInt64 = 0
            var shift: UInt64 = 0
            while let byte = bytes.popFirst() {
                bits |= UInt64(byte & 0x7f) << shift
                shift += 7
                if byte < 0x80 { break }
            }
            return Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
        }

        mutating func text() -> String {
            let count = Int(integer())
            defer { bytes = bytes.dropFirst(count) }
            return String(decoding: bytes.prefix(count), as: UTF8.self)
        }

        mutating func word(_ count: Int) -> UInt64 {
            defer { bytes = bytes.dropFirst(count) }
            return bytes.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }

        mutating func float() -> Float { Float(bitPattern: UInt32(word(4))) }
        mutating func double() -> Double { Double(bitPattern: word(8)) }
    }

    private func expectRecord(_ body: ArraySlice<UInt8>, probabilities: [Float], top: Int) {
        var reader = Reader(bytes: body)
        #expect(reader.integer() == Self.alert().candid)
        #expect(reader.text() == "ZTF18abcdefg" && reader.double() == 2_459_000.625)
        #expect(reader.text() == "t2" && reader.text() == Self.sha256)
        #expect(reader.text() == Self.classes[top] && reader.float() == probabilities[top])
        #expect(reader.integer() == 3)
        for (name, probability) in zip(Self.classes, probabilities) {
            #expect(reader.text() == name && reader.float() == probability)
        }
        #expect(reader.integer() == 0 && reader.bytes.isEmpty)
    }

    @Test func `A frame has the id and every value of the record`() throws {
        var encoder = Self.encoder()
        var bytes: [UInt8] = [1, 2, 3]
        let probabilities: [Float] = [0.125, 0.75, 0.125]
        try encoder.encodeFrame(Self.alert(), probabilities: probabilities[...], schemaId: 77, into: &bytes)
        #expect(Array(bytes.prefix(5)) == [0, 0, 0, 0, 77])
        expectRecord(bytes.dropFirst(5), probabilities: probabilities, top: 1)
    }

    @Test func `A slice from the middle of a batch is taken as it is, and the first of equal tops wins`() throws {
        let encoder = Self.encoder()
        var bytes: [UInt8] = []
        let batch: [Float] = [1, 0, 0, 0.25, 0.375, 0.375, 0, 0, 1]
        try encoder.encodeBody(Self.alert(), probabilities: batch[3..<6], into: &bytes)
        expectRecord(bytes[...], probabilities: Array(batch[3..<6]), top: 1)
    }

    @Test func `Probabilities that do not fit the classes are an error`() throws {
        let encoder = Self.encoder()
        var bytes: [UInt8] = []
        for wrong: [Float] in [[], [1], [0.5, 0.25, 0.25, 0], [0.5, .nan, 0.5]] {
            #expect(throws: AvroError.self) {
                try encoder.encodeBody(Self.alert(), probabilities: wrong[...], into: &bytes)
            }
        }
    }

    @Test func `The schema is an Avro schema without what a reader would trip over`() throws {
        let schema = try AvroSchema(json: ClassificationSchema.json)
        #expect(schema.title == "apus.classification 1.0")
        #expect(schema.rootFields?.map(\.name).last == "probabilities")
    }

    @Test(.enabled(if: FastavroTests.isUsable, "needs python3 with fastavro"))
    func `fastavro reads a container and a frame to the same values`() throws {
        var encoder = Self.encoder()
        let folder = try Shell.temporaryFolder("classification")
        defer { try? FileManager.default.removeItem(at: folder) }
        let probabilities: [Float] = [0.5, 0.25, 0.25]
        var bytes: [UInt8] = []
        try encoder.encodeMessage(Self.alert(), probabilities: probabilities[...], into: &bytes)
        try Data(bytes).write(to: folder.appending(path: "container"))
        try encoder.encodeFrame(Self.alert(), probabilities: probabilities[...], schemaId: 9, into: &bytes)
        try Data(bytes).write(to: folder.appending(path: "frame"))
        try Data(ClassificationSchema.json.utf8).write(to: folder.appending(path: "schema"))
        let script = """
            import fastavro, io, json, sys
            folder = sys.argv[1]
            schema = fastavro.parse_schema(json.load(open(folder + "/schema")))
            first = list(fastavro.reader(open(folder + "/container", "rb")))
            frame = io.BytesIO(open(folder + "/frame", "rb").read()[5:])
            second = fastavro.schemaless_reader(frame, schema)
            assert first == [second] and not frame.read(), (first, second)
            print(json.dumps(second, sort_keys=True, ensure_ascii=True))
            """
        let output = try Shell.run("/usr/bin/env", "python3", "-c", script, folder.path)
        #expect(
            output == """
                {"candid": -2251799813685249, "jd": 2459000.625, "model": "t2", "modelSha256": "\(Self.sha256)", \
                "objectId": "ZTF18abcdefg", "probabilities": [{"name": "SN Ia", "probability": 0.5}, \
                {"name": "AGN", "probability": 0.25}, {"name": "RRL \\u00e9", "probability": 0.25}], \
                "topClass": "SN Ia", "topProbability": 0.5}

                """)
    }
}

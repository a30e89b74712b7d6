import AvroCoding
import Foundation
import TestSupport
import Testing

@Suite struct FingerprintTests {
    /// Examples whose canonical form and fingerprint the Avro project publishes (share/test/data/schema-tests.txt); the
    /// fingerprints as signed 64-bit numbers, as there.
    @Test(arguments: [
        (#""null""#, #""null""#, 7_195_948_357_588_979_594),
        (#"{"type":"null"}"#, #""null""#, 7_195_948_357_588_979_594),
        (#""boolean""#, #""boolean""#, -6_970_731_678_124_411_036),
        (#""int""#, #""int""#, 8_247_732_601_305_521_295),
        (#""long""#, #""long""#, -3_434_872_931_120_570_953),
        (#""float""#, #""float""#, 5_583_340_709_985_441_680),
        (#""double""#, #""double""#, -8_181_574_048_448_539_266),
        (#""bytes""#, #""bytes""#, 5_746_618_253_357_095_269),
        (#""string""#, #""string""#, -8_142_146_995_180_207_161),
        (#"[ "int"  ]"#, #"["int"]"#, -5_232_228_896_498_058_493),
        (#"[ "int" , {"type":"boolean"} ]"#, #"["int","boolean"]"#, 5_392_556_393_470_105_090),
        (
            #"{"fields":[], "type":"record", "name":"foo"}"#, #"{"name":"foo","type":"record","fields":[]}"#,
            -4_824_392_279_771_201_922
        ),
        (
            #"{"fields":[], "type":"record", "name":"foo", "namespace":"x.y"}"#,
            #"{"name":"x.y.foo","type":"record","fields":[]}"#, 5_916_914_534_497_305_771
        ),
        (
            #"{"fields":[], "type":"record", "name":"a.b.foo", "namespace":"x.y"}"#,
            #"{"name":"a.b.foo","type":"record","fields":[]}"#, -4_616_218_487_480_524_110
        ),
        (
            #"{"fields":[], "type":"record", "name":"foo", "doc":"Useful info"}"#,
            #"{"name":"foo","type":"record","fields":[]}"#, -4_824_392_279_771_201_922
        ),
        (
            #"{"fields":[{"type":{"type":"boolean"}, "name":"f1"}], "type":"record", "name":"foo"}"#,
            #"{"name":"foo","type":"record","fields":[{"name":"f1","type":"boolean"}]}"#, 7_843_277_075_252_814_651
        ),
    ] as [(String, String, Int64)])
    func `Canonical form and fingerprint are the published ones`(
        json: String, canonical: String, fingerprint: Int64
    ) throws {
        let schema = try AvroSchema(json: json)
        #expect(schema.canonicalForm == canonical)
        #expect(Int64(bitPattern: schema.fingerprint) == fingerprint)
    }

    @Test func `A type is written out once, attributes that do not matter for reading are left out`() throws {
        let schema = try AvroSchema(
            json: """
                {"name":"R","namespace":"n.s","type":"record","doc":"d","aliases":["Q"],"version":"2","fields":[
                {"name":"a","type":{"type":"int","logicalType":"date"},"default":3,"order":"ignore","aliases":["b"]},
                {"name":"e","type":{"symbols":["X","Y"],"type":"enum","name":"E","default":"X"}},
                {"name":"f","type":{"type":"fixed","size":0012,"name":"other.F"}},
                {"name":"m","type":{"type":"map","values":{"type":"array","items":"E"}}},
                {"name":"u","type":["null","other.F",{"type":"string","avro.java.string":"String"},"R"]}]}
                """)
        #expect(
            schema.canonicalForm
                == #"{"name":"n.s.R","type":"record","fields":[{"name":"a","type":"int"},"#
                + #"{"name":"e","type":{"name":"n.s.E","type":"enum","symbols":["X","Y"]}},"#
                + #"{"name":"f","type":{"name":"other.F","type":"fixed","size":12}},"#
                + #"{"name":"m","type":{"type":"map","values":{"type":"array","items":"n.s.E"}}},"#
                + #"{"name":"u","type":["null","other.F","string","n.s.R"]}]}"#)
        // The canonical form says the same and is its own canonical form.
        let again = try AvroSchema(json: schema.canonicalForm)
        #expect(again.canonicalForm == schema.canonicalForm && again.fingerprint == schema.fingerprint)
    }

    @Test func `A fingerprint's text is its bytes in the order of a message`() throws {
        #expect(try AvroSchema(json: "\"int\"").fingerprintText == "8f5c393f1ad57572")
    }

    @Test(.enabled(if: FastavroTests.isUsable, "needs python3 with fastavro, and the shared data folder"))
    func `Every shared schema has fastavro's canonical form and fingerprint`() throws {
        var lines = ""
        var count = 0
        for path in try sharedFiles(below: "schemas") where path.hasSuffix(".avsc") {
            // ZTF's own repository has its parts in files not named like the types: nothing there stands alone.
            guard !path.contains("/published/") else { continue }
            let schema = try SchemaFolder.schema(path: path)
            let entry = [
                "path": path, "canonical": schema.canonicalForm, "fingerprint": schema.fingerprintText,
            ]
            lines += String(decoding: try JSONSerialization.data(withJSONObject: entry), as: UTF8.self) + "\n"
            count += 1
        }
        #expect(count > 60)
        let folder = try Shell.temporaryFolder("schemas")
        defer { try? FileManager.default.removeItem(at: folder) }
        let dump = folder.appending(path: "dump.jsonl")
        try Data(lines.utf8).write(to: dump)
        let output = try Shell.run(
            "/usr/bin/env", "python3", "Tests/AvroCodingTests/compare_schemas.py", dump.path)
        #expect(output.hasSuffix("schemas, 0 differ\n"), Comment(rawValue: output))
    }
}

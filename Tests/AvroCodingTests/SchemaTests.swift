import AvroCoding
import Testing

@Suite struct SchemaTests {
    @Test func `Every kind of type is parsed, with logical types, aliases and defaults`() throws {
        let schema = try AvroSchema(
            json: """
                {"type":"record","name":"a.b.R","doc":"ignored","aliases":["Old","x.Older"],"version":"1.2","fields":[
                {"name":"n","type":"null"},{"name":"b","type":"boolean"},
                {"name":"i","type":{"type":"int","logicalType":"date"}},
                {"name":"l","type":"long","default":7},{"name":"f","type":"float"},{"name":"d","type":"double"},
                {"name":"by","type":"bytes"},{"name":"s","type":"string","aliases":["text"]},
                {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}},
                {"name":"x","type":{"type":"fixed","name":"F","namespace":"c","size":4}},
                {"name":"ar","type":{"type":"array","items":"E"}},{"name":"m","type":{"type":"map","values":"c.F"}},
                {"name":"u","type":["null","R"]}]}
                """)
        #expect(schema.title == "a.b.R 1.2")
        let fields = try #require(schema.rootFields)
        #expect(
            fields.map(\.type) == [
                .null, .boolean, .logical("date", .int), .long, .float, .double, .bytes, .string, .named(1), .named(2),
                .array(.named(1)), .map(.named(2)), .union([.null, .named(0)]),
            ])
        #expect(fields[3].defaultValue == .number("7"))
        #expect(fields[7].aliases == ["text"])
        #expect(schema.named.map(\.fullName) == ["a.b.R", "a.b.E", "c.F"])
        #expect(schema.named[0].aliases == ["a.b.Old", "x.Older"])
        #expect(schema.named[1].definition == .enumeration(symbols: ["A", "B"], defaultSymbol: "A"))
        #expect(schema.named[2].definition == .fixed(byteCount: 4))
    }

    @Test(arguments: [
        ("", "byte 0"), ("{", "byte 1"), ("[1,]", "byte 3"), ("\"nothing\"", "the root"), ("[]", "the root"),
        ("[\"null\",[\"int\"]]", "the root"), ("[\"int\",\"int\"]", "the root"), ("{\"type\":\"array\"}", "the root"),
        ("{\"type\":\"map\"}", "the root"), ("{\"type\":\"record\",\"fields\":[]}", "the root"),
        ("{\"type\":\"record\",\"name\":\"R\"}", "R"), ("{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}", "F"),
        ("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"A\"]}", "E"),
        ("{\"type\":\"enum\",\"name\":\"9\"}", "the root"),
        ("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"S\"}]}", "R.a"),
        (
            #"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":3}}]}"#,
            "R.a.items"
        ),
        (
            #"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}"#,
            "R"
        ),
    ])
    func `A faulty schema is an error that names the place`(json: String, location: String) {
        let error = #expect(throws: AvroError.self) { try AvroSchema(json: json) }
        guard case .schemaInvalid(_, let found) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == location)
    }

    @Test func `JSON nested a million deep is an error`() {
        for text in ["[", "{\"type\":"] {
            let json = String(repeating: text, count: 1_000_000)
            #expect(throws: AvroError.self) { try AvroSchema(json: json) }
        }
    }

    @Test func `A chain of a thousand types and one that doubles at each step compile and print`() throws {
        var fields = "{\"name\":\"a0\",\"type\":{\"type\":\"record\",\"name\":\"T0\",\"fields\":[]}}"
        for index in 1...1000 {
            fields += """
                ,{"name":"a\(index)","type":{"type":"record","name":"T\(index)","fields":[
                {"name":"x","type":"T\(index - 1)"},{"name":"y","type":"T\(index - 1)"}]}}
                """
        }
        let schema = try AvroSchema(json: alertSchema(extra: fields))
        let plan = try DecodePlan(alertSchema: schema)
        #expect(plan.description.contains("load integer -> candid"))
    }

    @Test func `A schema without a needed field is an error that names field and schema`() throws {
        let schema = try AvroSchema(json: alertSchema(extra: "").replacing("\"magpsf\"", with: "\"mag\""))
        let error = #expect(throws: AvroError.self) { try DecodePlan(alertSchema: schema) }
        #expect(error == .missingField(name: "candidate.magpsf", schema: "t.alert 9.9"))
    }

    @Test func `A needed field of a type that cannot be promoted is an error that names it`() throws {
        let schema = try AvroSchema(
            json: alertSchema(extra: "").replacing(
                "{\"name\":\"ra\",\"type\":\"double\"}", with: "{\"name\":\"ra\",\"type\":\"string\"}"))
        let error = #expect(throws: AvroError.self) { try DecodePlan(alertSchema: schema) }
        #expect(
            error
                == .typeMismatch(field: "candidate.ra", expected: "a number", found: "string", schema: "t.alert 9.9"))
    }
}

/// The least ZTF schema that has all needed fields, with more fields at the end of the record.
func alertSchema(extra: String) -> String {
    """
    {"type":"record","name":"alert","namespace":"t","version":"9.9","fields":[
    {"name":"objectId","type":"string"},
    {"name":"candidate","type":{"type":"record","name":"candidate","fields":[
    {"name":"candid","type":"long"},{"name":"jd","type":"double"},{"name":"fid","type":"int"},
    {"name":"ra","type":"double"},
    {"name":"dec","type":"double"},{"name":"magpsf","type":"float"},
    {"name":"sigmapsf","type":"float"}]}}\(extra.isEmpty ? "" : ",")
    \(extra)]}
    """
}

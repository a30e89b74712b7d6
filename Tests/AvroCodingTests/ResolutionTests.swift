import Alerts
import AvroCoding
import TestSupport
import Testing

/// What becomes of a field that the writer has elsewhere, in another type, under another name, or not at all.
@Suite struct ResolutionTests {
    /// Decodes one alert whose candidate has more fields, written by `write` after the needed ones.
    private func decode(candidate extra: String, _ write: (inout Writer) -> Void) throws -> Alert {
        let schema = alertSchema(extra: "").replacing(
            "{\"name\":\"sigmapsf\",\"type\":\"float\"}", with: "{\"name\":\"sigmapsf\",\"type\":\"float\"},\(extra)")
        var writer = Writer()
        writer.alert()
        write(&writer)
        var batch = AlertBatch()
        #expect(try AlertDecoder().decode(try Writer.container(schema: schema, writer.bytes), into: &batch) == 1)
        return batch.alerts[0]
    }

    private func field(_ name: String, _ type: String, _ more: String = "") -> String {
        "{\"name\":\"\(name)\",\"type\":\(type)\(more)}"
    }

    @Test func `Fields that the writer does not have leave the mapping's absent values`() throws {
        var writer = Writer()
        writer.alert()
        var batch = AlertBatch()
        let bytes = try Writer.container(schema: alertSchema(extra: ""), writer.bytes)
        // A second decoding finds no value of a first one with all fields.
        let decoder = AlertDecoder()
        var random = SplitMix64(seed: 41)
        var full = AlertBatch()
        randomAlert(&random, history: 3, into: &full)
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        var message: [UInt8] = []
        try encoder.encodeMessage(full.alerts[0], full.detections, into: &message)
        _ = try decoder.decode(message, into: &batch)
        _ = try decoder.decode(bytes, into: &batch)
        let alert = batch.alerts[1]
        #expect(alert.candid == 5 && alert.observations.count == 1)
        let floats = [
            alert.rb, alert.drb, alert.ssdistnr, alert.distnr, alert.magnr, alert.sgscore, alert.distpsnr,
            batch.detections[alert.observations.lowerBound].diffmaglim,
        ]
        #expect(floats.allSatisfy { $0.isNaN })
        #expect(alert.jdstarthist.isNaN && alert.ndethist == -1 && alert.isdiffpos == 0)
    }

    @Test(arguments: [
        ("\"int\"", 3 as Float), ("\"long\"", 3), ("\"float\"", 3.5), ("\"double\"", 3.5), ("[\"null\",\"int\"]", 3),
        ("[\"long\",\"null\"]", 3), ("[\"null\",\"float\"]", 3.5), ("[\"double\",\"null\"]", 3.5),
        ("[\"null\",\"string\",\"float\"]", nil), ("{\"type\":\"int\",\"logicalType\":\"date\"}", 3),
    ] as [(String, Float?)])
    func `A float is promoted from every number type, bare, optional or logical`(type: String, expected: Float?) throws {
        let write: (inout Writer) -> Void = { writer in
            if type.hasPrefix("[\"null\"") { writer.integer(1) } else if type.hasPrefix("[") { writer.integer(0) }
            if type.contains("int") || type.contains("long") {
                writer.integer(3)
            } else if type.contains("float") {
                writer.float(3.5)
            } else {
                writer.double(3.5)
            }
        }
        if let expected {
            #expect(try decode(candidate: field("distnr", type), write).distnr == expected)
        } else {
            // A union with a branch that is no number would need a value for it.
            let error = #expect(throws: AvroError.self) { try decode(candidate: field("distnr", type), write) }
            #expect(error?.kind == "type_mismatch")
        }
    }

    @Test(arguments: ["\"int\"", "\"long\"", "\"float\"", "\"double\""])
    func `A double is promoted from every number type`(type: String) throws {
        let alert = try decode(candidate: field("jdstarthist", type)) { writer in
            switch type {
            case "\"float\"": writer.float(2_458_000)
            case "\"double\"": writer.double(2_458_000)
            default: writer.integer(2_458_000)
            }
        }
        #expect(alert.jdstarthist == 2_458_000)
    }

    @Test func `An integer is not made of a fraction`() throws {
        for type in ["\"float\"", "\"double\"", "\"string\""] {
            let error = #expect(throws: AvroError.self) { try decode(candidate: field("ndethist", type)) { _ in } }
            #expect(error?.kind == "type_mismatch")
        }
    }

    @Test func `A null where a number may be is the absent value, whatever the writer's default`() throws {
        let absent = try decode(candidate: field("distnr", "[\"float\",\"null\"]", ",\"default\":7.5")) { $0.integer(1) }
        #expect(absent.distnr.isNaN)
        let present = try decode(candidate: field("distnr", "[\"null\",\"float\"]", ",\"default\":null")) { writer in
            writer.integer(1)
            writer.float(2)
        }
        #expect(present.distnr == 2)
    }

    @Test func `A field that the writer renamed is found by its alias, and a field of the name itself goes first`() throws {
        let renamed = try decode(candidate: field("distanceToReference", "\"float\"", ",\"aliases\":[\"x\",\"distnr\"]")) {
            $0.float(4)
        }
        #expect(renamed.distnr == 4)
        let both = field("other", "\"float\"", ",\"aliases\":[\"distnr\"]") + "," + field("distnr", "\"float\"")
        let own = try decode(candidate: both) { writer in
            writer.float(4)
            writer.float(5)
        }
        #expect(own.distnr == 5)
    }

    @Test func `A needed record and a needed field are found by their aliases`() throws {
        let schema = alertSchema(extra: "")
            .replacing("{\"name\":\"candidate\",\"type\":{", with: "{\"name\":\"cand\",\"aliases\":[\"candidate\"],\"type\":{")
            .replacing("{\"name\":\"magpsf\",", with: "{\"name\":\"mag\",\"aliases\":[\"magpsf\"],")
        var writer = Writer()
        writer.alert()
        var batch = AlertBatch()
        #expect(try AlertDecoder().decode(try Writer.container(schema: schema, writer.bytes), into: &batch) == 1)
        #expect(batch.alerts[0].magpsf == 18)
        let explanation = SchemaExplanation(try AvroSchema(json: schema))
        #expect(explanation.uses.contains { $0.field == "cand.mag" && $0.value == "magpsf" })
    }

    @Test func `The order of the writer's fields does not matter`() throws {
        // The needed fields backwards, others between them.
        let schema = """
            {"type":"record","name":"alert","fields":[
            {"name":"note","type":["null","string"]},
            {"name":"candidate","type":{"type":"record","name":"c","fields":[
            {"name":"sigmapsf","type":"float"},{"name":"x","type":{"type":"map","values":"int"}},
            {"name":"magpsf","type":"float"},{"name":"dec","type":"double"},{"name":"y","type":"string"},
            {"name":"ra","type":"double"},{"name":"fid","type":"int"},{"name":"jd","type":"double"},
            {"name":"candid","type":"long"}]}},
            {"name":"objectId","type":"string"}]}
            """
        var writer = Writer()
        writer.integer(1)
        writer.text("a note")
        writer.float(0.25)
        writer.integer(0)
        writer.float(19)
        writer.double(-1)
        writer.text("y")
        writer.double(2)
        writer.integer(1)
        writer.double(2_459_000.5)
        writer.integer(77)
        writer.text("ZTF9")
        var batch = AlertBatch()
        #expect(try AlertDecoder().decode(try Writer.container(schema: schema, writer.bytes), into: &batch) == 1)
        let alert = batch.alerts[0]
        #expect(alert.candid == 77 && alert.jd == 2_459_000.5 && alert.band == .g && alert.ra == 2 && alert.dec == -1)
        #expect(alert.magpsf == 19 && alert.sigmapsf == 0.25 && alert.objectId.description == "ZTF9")
    }

    @Test func `An explanation says which field fills which value and what is absent`() throws {
        let schema = try AvroSchema(json: ZTFSchema.simulated)
        let explanation = SchemaExplanation(schema)
        #expect(explanation.survey == .ztf)
        let uses = explanation.uses.map { "\($0.field), \($0.type) -> \($0.value)" }
        #expect(uses.contains("candidate.magpsf, float -> magpsf"))
        #expect(uses.contains("candidate.sgscore1, union of float, null -> sgscore"))
        #expect(uses.contains("prv_candidates[].jd, double -> previousJd"))
        #expect(explanation.absent == ["fp_hists[]"])
        let least = SchemaExplanation(try AvroSchema(json: alertSchema(extra: "")))
        #expect(least.absent.contains("candidate.sgscore1 or sgscore"))
        #expect(least.absent.contains("candidate.drb") && least.absent.contains("prv_candidates[]"))
        #expect(SchemaExplanation(try AvroSchema(json: "\"int\"")).survey == nil)
    }

    @Test func `What an explanation says is read is what the plan loads`() throws {
        for path in SharedData.isPresent ? try sharedFiles(below: "schemas") : [] where path.hasSuffix(".alert.avsc") {
            let schema = try SchemaFolder.schema(path: path)
            let plan = try DecodePlan(alertSchema: schema).description
            let explanation = SchemaExplanation(schema)
            #expect(!explanation.uses.isEmpty)
            for use in explanation.uses {
                #expect(plan.contains("-> \(use.value)"), "\(path): \(use.value)")
            }
        }
    }
}

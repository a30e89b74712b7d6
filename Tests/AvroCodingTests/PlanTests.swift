import Alerts
import AvroCoding
import Testing

/// Writes Avro by hand.
struct Writer {
    var bytes: [UInt8] = []

    mutating func integer(_ value: Int64) {
        var bits = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        while bits >= 0x80 {
            bytes.append(UInt8(bits & 0x7f) | 0x80)
            bits >>= 7
        }
        bytes.append(UInt8(bits))
    }

    mutating func float(_ value: Float) { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
    mutating func double(_ value: Double) { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }

    mutating func text(_ text: String) {
        integer(Int64(text.utf8.count))
        bytes += text.utf8
    }

    /// The fields of `alertSchema`.
    mutating func alert(candid: Int64 = 5) {
        text("ZTF1")
        integer(candid)
        double(2_458_000.5)
        integer(2)
        double(10)
        double(-20)
        float(18)
        float(0.1)
    }

    /// One container with the bytes as its only record.
    static func container(schema: String, _ body: [UInt8]) throws -> [UInt8] {
        var writer = ContainerWriter(schema: schema, codec: .null, seed: 1)
        var container: [UInt8] = []
        writer.appendHeader(to: &container)
        try writer.append(body, to: &container)
        try writer.finish(to: &container)
        return container
    }
}

@Suite struct PlanTests {
    /// Decodes an alert whose schema has one more field, encoded by `write`.
    private func decode(extra type: String, _ write: (inout Writer) -> Void) throws -> AlertBatch {
        var writer = Writer()
        writer.alert()
        write(&writer)
        let schema = alertSchema(extra: "{\"name\":\"extra\",\"type\":\(type)},{\"name\":\"last\",\"type\":\"string\"}")
        writer.text("end")
        var batch = AlertBatch()
        _ = try AlertDecoder().decode(try Writer.container(schema: schema, writer.bytes), into: &batch)
        #expect(batch.count == 1 && batch.alerts[0].candid == 5 && batch.alerts[0].magpsf == 18)
        return batch
    }

    private func failure(extra type: String, _ write: (inout Writer) -> Void) -> String? {
        #expect(throws: AvroError.self) { try decode(extra: type, write) }?.kind
    }

    private static let list = """
        {"type":"record","name":"List","fields":[{"name":"next","type":["null","List"]},{"name":"v","type":"int"}]}
        """

    @Test func `Skipped values of every type leave the record's end where it is`() throws {
        _ = try decode(extra: "\"null\"") { _ in }
        _ = try decode(extra: "\"boolean\"") { $0.bytes.append(1) }
        _ = try decode(extra: "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}") { $0.integer(0) }
        _ = try decode(extra: "{\"type\":\"fixed\",\"name\":\"F\",\"size\":3}") { $0.bytes += [1, 2, 3] }
        _ = try decode(extra: "{\"type\":\"map\",\"values\":\"long\"}") { writer in
            writer.integer(1)
            writer.text("key")
            writer.integer(.min)
            writer.integer(0)
        }
        _ = try decode(extra: "[\"null\",\"string\",{\"type\":\"array\",\"items\":\"double\"}]") { writer in
            writer.integer(2)
            writer.integer(2)
            writer.double(1)
            writer.double(2)
            writer.integer(0)
        }
        _ = try decode(extra: Self.list) { writer in
            writer.integer(1)
            writer.integer(1)
            writer.integer(0)
            for value in 1...3 { writer.integer(Int64(value)) }
        }
    }

    @Test func `Blocks with a byte count are skipped whole, and a false one is an error`() throws {
        let type = "{\"type\":\"array\",\"items\":\"string\"}"
        _ = try decode(extra: type) { writer in
            writer.integer(-2)
            writer.integer(5)
            writer.bytes += [0xff, 0xff, 0xff, 0xff, 0xff]
            writer.integer(0)
        }
        #expect(
            failure(extra: type) { writer in
                writer.integer(-2)
                writer.integer(500)
            } == "length_beyond_end")
        #expect(
            failure(extra: type) { writer in
                writer.integer(.min)
                writer.integer(-1)
            } == "negative_length")
        #expect(
            failure(extra: "{\"type\":\"array\",\"items\":\"double\"}") { writer in
                writer.integer(-1)
                writer.integer(9)
                writer.double(1)
                writer.bytes.append(0)
                writer.integer(0)
            } == "bad_block_size")
    }

    @Test func `Four quintillion items without bytes cost nothing`() throws {
        _ = try decode(extra: "{\"type\":\"array\",\"items\":\"null\"}") { writer in
            writer.integer(1 << 62)
            writer.integer(0)
        }
    }

    @Test func `More items than bytes remain are an error at once`() {
        for item in ["\"int\"", "\"double\"", Self.list] {
            let kind = failure(extra: "{\"type\":\"array\",\"items\":\(item)}") { $0.integer(1 << 62) }
            #expect(kind == "length_beyond_end")
        }
    }

    @Test func `Values nested without end are an error`() {
        #expect(failure(extra: Self.list) { $0.bytes += [UInt8](repeating: 2, count: 100_000) } == "nesting_too_deep")
        let endless = "{\"type\":\"record\",\"name\":\"Self\",\"fields\":[{\"name\":\"me\",\"type\":\"Self\"}]}"
        #expect(failure(extra: endless) { _ in } == "nesting_too_deep")
        let type =
            String(repeating: "{\"type\":\"array\",\"items\":", count: 100) + "\"int\""
            + String(repeating: "}", count: 100)
        #expect(failure(extra: type) { $0.bytes += [UInt8](repeating: 2, count: 200) } == "nesting_too_deep")
    }

    @Test func `A union index outside the union and an endless integer are errors`() {
        #expect(failure(extra: "[\"null\",\"int\"]") { $0.integer(2) } == "bad_union_index")
        #expect(failure(extra: "[\"int\",\"null\",\"string\"]") { $0.integer(-1) } == "bad_union_index")
        #expect(
            failure(extra: "\"long\"") { $0.bytes += [UInt8](repeating: 0x80, count: 10) + [1] } == "varint_too_long")
        #expect(
            failure(extra: "\"long\"") { $0.bytes += [UInt8](repeating: 0xff, count: 9) + [2] } == "varint_too_long")
        #expect(failure(extra: "\"string\"") { $0.integer(-1) } == "negative_length")
        #expect(failure(extra: "\"bytes\"") { $0.integer(1 << 40) } == "length_beyond_end")
    }

    @Test func `Needed numbers are promoted and read from unions in any order`() throws {
        let schema = """
            {"type":"record","name":"alert","fields":[
            {"name":"candidate","type":["null",{"type":"record","name":"candidate","fields":[
            {"name":"distnr","type":["null","int","double"]},{"name":"candid","type":"int"},
            {"name":"jd","type":"float"},
            {"name":"fid","type":["int","null"]},{"name":"ra","type":"long"},{"name":"dec","type":"int"},
            {"name":"magpsf","type":"double"},{"name":"sigmapsf","type":["null","long"]},
            {"name":"isdiffpos","type":"boolean"},
            {"name":"drb","type":["double","null"]},{"name":"rb","type":["null","float"]},
            {"name":"jdstarthist","type":"null"}]}]},
            {"name":"objectId","type":["null","string"]}]}
            """
        var writer = Writer()
        writer.integer(1)
        writer.integer(2)
        writer.double(1.5)
        writer.integer(-7)
        writer.float(2_458_000)
        writer.integer(0)
        writer.integer(3)
        writer.integer(120)
        writer.integer(-30)
        writer.double(17.25)
        writer.integer(1)
        writer.integer(2)
        writer.bytes.append(0)
        writer.integer(0)
        writer.double(0.5)
        writer.integer(0)
        writer.integer(1)
        writer.text("X")
        var batch = AlertBatch()
        #expect(try AlertDecoder().decode(try Writer.container(schema: schema, writer.bytes), into: &batch) == 1)
        let alert = batch.alerts[0]
        #expect(alert.candid == -7 && alert.jd == 2_458_000 && alert.band == .i && alert.ra == 120 && alert.dec == -30)
        #expect(alert.magpsf == 17.25 && alert.sigmapsf == 2 && alert.isdiffpos == -1 && alert.distnr == 1.5)
        #expect(
            alert.drb == 0.5 && alert.rb.isNaN && alert.jdstarthist.isNaN && alert.ndethist == -1
                && alert.objectId.description == "X")
    }

    @Test func `A value that an alert cannot have is an error that names the field`() throws {
        func fail(_ change: (inout Writer) -> Void) throws -> AvroError? {
            var writer = Writer()
            change(&writer)
            let bytes = try Writer.container(schema: alertSchema(extra: ""), writer.bytes)
            var batch = AlertBatch()
            return #expect(throws: AvroError.self) { try AlertDecoder().decode(bytes, into: &batch) }
        }
        func record(name: String = "ZTF1", jd: Double = 1, fid: Int64 = 1) -> (inout Writer) -> Void {
            { writer in
                writer.text(name)
                writer.integer(1)
                writer.double(jd)
                writer.integer(fid)
                writer.double(1)
                writer.double(1)
                writer.float(1)
                writer.float(1)
            }
        }
        for (change, field) in [
            (record(name: String(repeating: "x", count: 32)), "objectId"), (record(name: ""), "objectId"),
            (record(jd: .nan), "jd"), (record(jd: .infinity), "jd"), (record(fid: 4), "fid"),
            (record(fid: .max), "fid"),
        ] {
            guard case .badValue(let found, _, _) = try fail(change) else {
                Issue.record("no error for \(field)")
                continue
            }
            #expect(found == field)
        }
    }
}

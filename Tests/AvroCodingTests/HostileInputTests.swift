import Alerts
import AvroCoding
import CLzma
import CZstd
import Testing

/// Messages that no survey sends: made to cost more than their bytes are worth.
@Suite struct HostileInputTests {
    private static func integer(_ value: Int64) -> [UInt8] {
        var bits = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        var bytes: [UInt8] = []
        while bits >= 0x80 {
            bytes.append(UInt8(bits & 0x7f) | 0x80)
            bits >>= 7
        }
        return bytes + [UInt8(bits)]
    }

    /// An alert of the shortest fields there are; the rows of its history have two bytes each, and padding.
    private static func schema(before: [String] = [], namespace: String = "", rowPadding: Int = 0) -> String {
        let candidate = ["jd", "fid", "candid", "ra", "dec"].map { "{\"name\":\"\($0)\",\"type\":\"int\"}" }
        let missing = ["magpsf", "sigmapsf"].map { "{\"name\":\"\($0)\",\"type\":\"null\"}" }
        let first = before.enumerated().map { "{\"name\":\"b\($0.offset)\",\"type\":\($0.element)}" }
        let fields =
            first + [
                "{\"name\":\"objectId\",\"type\":\"string\"}",
                "{\"name\":\"candidate\",\"type\":{\"type\":\"record\",\"name\":\"c\",\"fields\":["
                    + (candidate + missing).joined(separator: ",") + "]}}",
                "{\"name\":\"prv_candidates\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\","
                    + "\"name\":\"p\",\"fields\":[{\"name\":\"jd\",\"type\":\"int\"},"
                    + "{\"name\":\"fid\",\"type\":\"int\"},{\"name\":\"padding\",\"type\":{\"type\":\"fixed\","
                    + "\"name\":\"f\",\"size\":\(rowPadding)}}]}}}",
            ]
        return "{\"type\":\"record\",\"name\":\"a\",\"namespace\":\"\(namespace)\",\"fields\":["
            + fields.joined(separator: ",") + "]}"
    }

    /// The body of an alert with so many rows before its own.
    private static func body(history: Int, rowPadding: Int = 0) -> [UInt8] {
        let alert = integer(1) + Array("a".utf8) + [2_460_000, 1, 5, 1, 1].flatMap { integer($0) }
        guard history > 0 else { return alert + [0] }
        return alert + integer(Int64(history)) + [UInt8](repeating: 2, count: (2 + rowPadding) * history) + [0]
    }

    private static func container(
        _ content: [UInt8], blocks: Int = 1, codec: String = "null", schema: String = schema()
    ) -> [UInt8] {
        func text(_ text: String) -> [UInt8] { integer(Int64(text.utf8.count)) + Array(text.utf8) }
        let sync = [UInt8](repeating: 0x5a, count: 16)
        let block = integer(1) + integer(Int64(content.count)) + content + sync
        let head = Array("Obj".utf8) + [1] + integer(2) + text("avro.codec") + text(codec) + text("avro.schema")
        return head + text(schema) + [0] + sync + (0..<blocks).flatMap { _ in block }
    }

    private static func zstandard(_ content: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(content.count))
        let count = ZSTD_compress(&output, output.count, content, content.count, 1)
        return Array(output[..<count])
    }

    private static func xz(_ content: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: content.count + 4096)
        var count = 0
        lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, nil, content, content.count, &output, &count, output.count)
        return Array(output[..<count])
    }

    private func kind(_ message: [UInt8], _ decoder: AlertDecoder = AlertDecoder()) -> String? {
        var batch = AlertBatch()
        do {
            _ = try decoder.decode(message, into: &batch)
            return nil
        } catch {
            #expect(batch.count == 0 && batch.detections.count == 0)
            return error.kind
        }
    }

    private static func record(_ name: String, _ fields: [String]) -> String {
        let fields = fields.enumerated().map { "{\"name\":\"f\($0.offset)\",\"type\":\($0.element)}" }
        return "{\"type\":\"record\",\"name\":\"\(name)\",\"fields\":[\(fields.joined(separator: ","))]}"
    }

    /// Types that are defined one by one, each within a map that stays empty.
    private static func definitions(_ types: [String]) -> [String] {
        types.map { "{\"type\":\"map\",\"values\":\($0)}" }
    }

    @Test(.timeLimit(.minutes(1))) func `Records that hold each other twice and have no bytes end early`() {
        // D40 holds D39 twice, and so on: 2^40 records in no bytes. The chain of E hides their width from the compiler,
        // which looks 200 deep.
        var types = [Self.record("D0", [])]
        types += (1...40).map { Self.record("D\($0)", ["\"D\($0 - 1)\"", "\"D\($0 - 1)\""]) }
        types += [Self.record("E0", ["\"D40\""])] + (1..<160).map { Self.record("E\($0)", ["\"E\($0 - 1)\""]) }
        let schema = Self.schema(before: Self.definitions(types) + ["[\"null\",\"E159\"]", "\"D40\""])
        let content = [UInt8](repeating: 0, count: types.count + 1) + Self.body(history: 0)
        #expect(kind(Self.container(content, schema: schema)) == "too_many")
    }

    @Test func `Sixty records around every byte are an error`() {
        let types = [Self.record("D0", ["\"int\""])] + (1...50).map { Self.record("D\($0)", ["\"D\($0 - 1)\""]) }
        let items = "{\"type\":\"array\",\"items\":\"D50\"}"
        let schema = Self.schema(before: Self.definitions(types) + [items])
        let start = [UInt8](repeating: 0, count: types.count)
        func content(items count: Int) -> [UInt8] {
            start + Self.integer(Int64(count)) + [UInt8](repeating: 2, count: count) + [0] + Self.body(history: 0)
        }
        #expect(kind(Self.container(content(items: 1), schema: schema)) == nil)
        #expect(kind(Self.container(content(items: 50_000), schema: schema)) == "too_many")
    }

    @Test func `A message has 262,144 rows at most`() {
        let schema = Self.schema(rowPadding: 15)
        func message(rows: Int) -> [UInt8] {
            Self.container(Self.body(history: rows, rowPadding: 15), schema: schema)
        }
        // An alert counts as four rows.
        #expect(kind(message(rows: 1 << 18 - 4)) == nil)
        #expect(kind(message(rows: 1 << 18 - 3)) == "too_many")
    }

    @Test func `Beyond 1,024 rows a row needs 16 bytes`() {
        #expect(kind(Self.container(Self.body(history: 1020))) == nil)
        #expect(kind(Self.container(Self.body(history: 1200))) == "too_many")
        // Blocks share the limit of their message.
        #expect(kind(Self.container(Self.body(history: 500), blocks: 2)) == nil)
        #expect(kind(Self.container(Self.body(history: 500), blocks: 3)) == "too_many")
        #expect(kind(Self.container(Self.body(history: 0), blocks: 260)) == nil)
        #expect(kind(Self.container(Self.body(history: 0), blocks: 400)) == "too_many")
    }

    @Test(arguments: ["zstandard", "xz"])
    func `A block becomes 64 times as long as it is, or 4 MiB`(codec: String) throws {
        func block(_ content: [UInt8]) -> [UInt8] { codec == "xz" ? Self.xz(content) : Self.zstandard(content) }
        let decoder = AlertDecoder()
        let bomb = Self.container(block([UInt8](repeating: 0, count: 4 << 20 + 1)), codec: codec)
        #expect(kind(bomb, decoder) == "too_large")
        // Zeros behind the alert, which decompress and are then one error too many; half are kept from compressing.
        var random = SplitMix64(seed: 3)
        let noise = (0..<4 << 20).map { _ in UInt8.random(in: 0...255, using: &random) }
        let large = Self.container(block(Self.body(history: 0) + noise + noise.map { _ in 0 }), codec: codec)
        #expect(kind(large, decoder) == "trailing_bytes")
        // The buffer is large by now, and the limit the same.
        #expect(kind(bomb, decoder) == "too_large")
    }

    @Test func `A zstd frame cannot claim a window of 128 MB`() {
        // Magic number, a header with a window of 2^27 bytes, a raw last block without bytes.
        let frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0, (27 - 10) << 3, 1, 0, 0]
        #expect(kind(Self.container(frame, codec: "zstandard")) == "decompression")
        let small: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0, (20 - 10) << 3, 1, 0, 0]
        #expect(kind(Self.container(small, codec: "zstandard")) == "truncated")
    }

    @Test func `A name that every field would repeat is refused`() {
        let body = Self.body(history: 0)
        let name = { String(repeating: "n", count: $0) }
        #expect(kind(Self.container(body, schema: Self.schema(namespace: name(254)))) == nil)
        #expect(kind(Self.container(body, schema: Self.schema(namespace: name(255)))) == "schema_invalid")
    }

    @Test func `Schemas without end are refused one by one and a good one stays good`() {
        let decoder = AlertDecoder()
        let good = Self.container(Self.body(history: 1))
        #expect(kind(good, decoder) == nil)
        for index in 0..<100 {
            let other = Self.container([], schema: Self.record("r\(index)", []))
            #expect(kind(other, decoder) == "unknown_survey")
            #expect(kind(other, decoder) == "unknown_survey")
            if index % 40 == 0 { #expect(kind(good, decoder) == nil) }
        }
        #expect(kind(good, decoder) == nil)
        let padding = String(repeating: " ", count: 512 << 10)
        #expect(kind(Self.container(Self.body(history: 1), schema: Self.schema() + padding), decoder) == "too_large")
    }
}

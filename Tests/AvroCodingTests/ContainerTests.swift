import Alerts
import AvroCoding
import CLzma
import CSnappy
import CZlib
import CZstd
import Testing

/// Containers made by hand around the encoder's records.
@Suite struct ContainerTests {
    private static let sync = [UInt8](repeating: 0xa5, count: 16)

    private func integer(_ value: Int64) -> [UInt8] {
        var bits = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        var bytes: [UInt8] = []
        while bits >= 0x80 {
            bytes.append(UInt8(bits & 0x7f) | 0x80)
            bits >>= 7
        }
        return bytes + [UInt8(bits)]
    }

    private func text(_ text: String) -> [UInt8] {
        integer(Int64(text.utf8.count)) + Array(text.utf8)
    }

    private func header(codec: String, schema: String = ZTFSchema.simulated) -> [UInt8] {
        Array("Obj".utf8) + [1] + integer(2) + text("avro.codec") + text(codec) + text("avro.schema") + text(schema)
            + integer(0) + Self.sync
    }

    private func block(_ content: [UInt8], count: Int64) -> [UInt8] {
        integer(count) + integer(Int64(content.count)) + content + Self.sync
    }

    /// Bodies of alerts with some history, and what they should decode to.
    private func bodies(_ count: Int, seed: UInt64) throws -> (bodies: [[UInt8]], batch: AlertBatch) {
        var random = SplitMix64(seed: seed)
        var batch = AlertBatch()
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        var bodies: [[UInt8]] = []
        for index in 0..<count {
            randomAlert(&random, history: index % 20, into: &batch)
            var body: [UInt8] = []
            try encoder.encodeBody(batch.alerts[index], batch.detections, into: &body)
            bodies.append(body)
        }
        return (bodies, batch)
    }

    private func compress(_ content: [UInt8], codec: String) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: content.count * 2 + 4096)
        var count = output.count
        switch codec {
        case "snappy":
            content.withUnsafeBytes { input in
                output.withUnsafeMutableBytes { output in
                    _ = snappy_compress(
                        input.baseAddress?.assumingMemoryBound(to: CChar.self), input.count,
                        output.baseAddress?.assumingMemoryBound(to: CChar.self), &count)
                }
            }
            let checksum = UInt32(truncatingIfNeeded: crc32_z(0, content, content.count)).bigEndian
            return Array(output[..<count]) + withUnsafeBytes(of: checksum) { Array($0) }
        case "zstandard":
            count = ZSTD_compress(&output, output.count, content, content.count, 3)
        case "xz":
            count = 0
            lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, nil, content, content.count, &output, &count, output.count)
        default: return content
        }
        return Array(output[..<count])
    }

    @Test(arguments: ["null", "snappy", "zstandard", "xz"])
    func `A container of several blocks decodes with each codec`(codec: String) throws {
        let (bodies, batch) = try bodies(60, seed: 3)
        var bytes = header(codec: codec)
        for start in stride(from: 0, to: 60, by: 20) {
            bytes += block(compress(Array(bodies[start..<start + 20].joined()), codec: codec), count: 20)
        }
        var decoded = AlertBatch()
        #expect(try AlertDecoder().decode(bytes, into: &decoded) == 60)
        #expect(jsonLines(decoded, file: "") == jsonLines(batch, file: ""))
    }

    @Test(arguments: ["deflate", "snappy", "zstandard", "xz"])
    func `A damaged compressed block is an error, and the batch is as before`(codec: String) throws {
        let (bodies, _) = try bodies(30, seed: 4)
        var bytes = header(codec: codec)
        let content = Array(bodies.joined())
        if codec == "deflate" {
            var writer = ContainerWriter(schema: ZTFSchema.simulated, codec: .deflate, seed: 1)
            bytes = []
            writer.appendHeader(to: &bytes)
            for body in bodies { try writer.append(body, to: &bytes) }
            try writer.finish(to: &bytes)
        } else {
            bytes += block(compress(content, codec: codec), count: 30)
        }
        var random = SplitMix64(seed: 5)
        let decoder = AlertDecoder()
        var batch = AlertBatch()
        let start = header(codec: codec).count + 8
        for _ in 0..<3000 {
            var damaged = bytes
            damaged[Int.random(in: start..<bytes.count - 16, using: &random)] ^= UInt8.random(
                in: 1...255, using: &random)
            do {
                _ = try decoder.decode(damaged, into: &batch)
                batch.removeAll()
            } catch {
                #expect(batch.count == 0 && batch.detections.count == 0)
            }
        }
        #expect(try decoder.decode(bytes, into: &batch) == 30)
    }

    @Test func `A snappy block whose checksum is wrong is named so`() throws {
        let (bodies, _) = try bodies(1, seed: 6)
        var content = compress(bodies[0], codec: "snappy")
        content[content.count - 1] ^= 1
        var batch = AlertBatch()
        let error = #expect(throws: AvroError.self) {
            try AlertDecoder().decode(header(codec: "snappy") + block(content, count: 1), into: &batch)
        }
        #expect(error?.kind == "checksum")
    }

    @Test func `A block that claims more than it can hold takes no memory for it`() throws {
        // Snappy's length prefix for 250 MB, then nothing.
        let claim: [UInt8] = [0x80, 0xe5, 0x9a, 0x77, 0, 0, 0, 0]
        var batch = AlertBatch()
        let error = #expect(throws: AvroError.self) {
            try AlertDecoder().decode(header(codec: "snappy") + block(claim, count: 1), into: &batch)
        }
        #expect(error?.kind == "decompression")
    }

    @Test func `A block that grows beyond the limit is an error`() throws {
        let zeros = compress([UInt8](repeating: 0, count: (256 << 20) + 1), codec: "zstandard")
        var batch = AlertBatch()
        let error = #expect(throws: AvroError.self) {
            try AlertDecoder().decode(header(codec: "zstandard") + block(zeros, count: 1), into: &batch)
        }
        #expect(error?.kind == "too_large")
    }

    @Test func `What is wrong with a container is named`() throws {
        let (bodies, _) = try bodies(2, seed: 7)
        let good = header(codec: "null") + block(bodies[0], count: 1)
        var wrongSync = good
        wrongSync[wrongSync.count - 1] ^= 1
        let noSchema = Array("Obj".utf8) + [1] + integer(0) + Self.sync
        let cases: [(String, [UInt8])] = [
            ("bad_magic", []), ("bad_magic", Array("PNG".utf8)), ("truncated", Array(good.dropLast(5))),
            ("bad_sync", wrongSync), ("no_alerts", header(codec: "null")),
            ("no_alerts", header(codec: "null") + block([], count: 0)),
            ("unsupported_codec", header(codec: "bzip2") + block(bodies[0], count: 1)),
            ("trailing_bytes", header(codec: "null") + block(bodies[0] + bodies[1], count: 1)),
            ("truncated", header(codec: "null") + block(bodies[0], count: 2)),
            ("truncated", header(codec: "null") + block(bodies[0], count: .max)),
            ("negative_length", header(codec: "null") + block(bodies[0], count: -1)),
            ("length_beyond_end", header(codec: "null") + integer(1) + integer(1 << 40)),
            ("schema_invalid", noSchema), ("schema_invalid", header(codec: "null", schema: "{") + block([], count: 1)),
            ("unknown_survey", header(codec: "null", schema: "\"long\"") + block([2], count: 1)),
            ("unknown_schema_id", [0, 0, 0, 3, 0x85, 1]), ("truncated", [0, 0]),
        ]
        for (kind, bytes) in cases {
            var batch = AlertBatch()
            let error = #expect(throws: AvroError.self, Comment(rawValue: kind)) {
                try AlertDecoder().decode(bytes, into: &batch)
            }
            #expect(error?.kind == kind)
            #expect(error?.isRetriable == false)
            #expect(error?.description.isEmpty == false)
        }
    }

    @Test
    func `An alert of a sixty-fifth schema decodes, and the first schema still does`() throws {
        let decoder = AlertDecoder()
        let (bodies, _) = try bodies(1, seed: 8)
        var batch = AlertBatch()
        for index in 0..<65 {
            let schema = ZTFSchema.simulated + String(repeating: " ", count: index)
            #expect(
                try decoder.decode(header(codec: "null", schema: schema) + block(bodies[0], count: 1), into: &batch)
                    == 1)
        }
        #expect(try decoder.decode(header(codec: "null") + block(bodies[0], count: 1), into: &batch) == 1)
        #expect(batch.count == 66)
    }
}

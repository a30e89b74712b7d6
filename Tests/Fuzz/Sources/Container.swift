import CLzma
import CSnappy
import CZlib
import CZstd

/// The codecs that the decoder reads.
enum Compression: CaseIterable {
    case null, deflate, snappy, zstandard, xz

    var name: String { "\(self)" }

    func compress(_ content: [UInt8]) -> [UInt8] {
        switch self {
        case .null: return content
        case .deflate: return filled(content.count + content.count / 1000 + 64) { Self.deflate(content, into: $0) }
        case .snappy:
            var output = filled(snappy_max_compressed_length(content.count)) { output in
                var count = output.count
                let status = content.withUnsafeBytes { input in
                    snappy_compress(
                        input.baseAddress?.assumingMemoryBound(to: CChar.self), content.count,
                        UnsafeMutableRawPointer(output.baseAddress)?.assumingMemoryBound(to: CChar.self), &count)
                }
                return status == SNAPPY_OK ? count : 0
            }
            let checksum = UInt32(truncatingIfNeeded: crc32_z(0, content, content.count))
            withUnsafeBytes(of: checksum.bigEndian) { output.append(contentsOf: $0) }
            return output
        case .zstandard:
            return filled(ZSTD_compressBound(content.count)) { output in
                ZSTD_compress(output.baseAddress, output.count, content, content.count, 1)
            }
        case .xz:
            return filled(lzma_stream_buffer_bound(content.count)) { output in
                var count = 0
                let status = lzma_easy_buffer_encode(
                    0, LZMA_CHECK_CRC32, nil, content, content.count, output.baseAddress, &count, output.count)
                return status == LZMA_OK ? count : 0
            }
        }
    }

    private func filled(_ capacity: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: max(capacity, 1)) { output, count in count = body(output) }
    }

    private static func deflate(_ content: [UInt8], into output: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var stream = z_stream()
        deflateInit2_(
            &stream, 1, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        return content.withUnsafeBytes { input in
            // SAFETY: zlib does not write to its input; both buffers live as long as this closure.
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.avail_in = UInt32(clamping: content.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(clamping: output.count)
            CZlib.deflate(&stream, Z_FINISH)
            return output.count - Int(stream.avail_out)
        }
    }
}

/// Avro containers, put together without AvroCoding, so that any damage can be built in.
enum Container {
    private static let sync = [UInt8](repeating: 0xa5, count: 16)

    static func bytes(schema: [UInt8], codec: Compression, recordCount: Int64, content: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x4f, 0x62, 0x6a, 0x01]
        append(2, to: &bytes)
        for (key, value) in [("avro.codec", Array(codec.name.utf8)), ("avro.schema", schema)] {
            append(Int64(key.utf8.count), to: &bytes)
            bytes += key.utf8
            append(Int64(value.count), to: &bytes)
            bytes += value
        }
        append(0, to: &bytes)
        bytes += sync
        let block = codec.compress(content)
        append(recordCount, to: &bytes)
        append(Int64(block.count), to: &bytes)
        return bytes + block + sync
    }

    /// Whether a message may be compressed, by the names of codecs that it holds.
    static func isCompressed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.first == 0x4f else { return false }
        return Compression.allCases.dropFirst().contains { codec in
            let name = Array(codec.name.utf8)
            return bytes.indices.dropLast(name.count - 1).contains { start in
                bytes[start] == name[0] && bytes[start..<start + name.count].elementsEqual(name)
            }
        }
    }

    /// A zigzag variable-length integer.
    static func append(_ value: Int64, to bytes: inout [UInt8]) {
        var bits = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        while bits >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: bits) | 0x80)
            bits >>= 7
        }
        bytes.append(UInt8(bits))
    }

    /// The parts of a sound container: its schema, where its header ends, and its only block's content, as
    /// `MessageReader` makes them; nil content where it has several blocks.
    static func parts(_ bytes: [UInt8]) -> (schema: Range<Int>, headerEnd: Int, content: Range<Int>?)? {
        var position = 4
        var schema: Range<Int>?
        func integer() -> Int {
            var bits: UInt64 = 0
            var shift: UInt64 = 0
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                bits |= UInt64(byte & 0x7f) << shift
                shift += 7
                if byte < 0x80 || shift > 63 { break }
            }
            return Int(truncatingIfNeeded: Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1))
        }
        func range() -> Range<Int> {
            let count = min(max(0, integer()), bytes.count - position)
            position += count
            return position - count..<position
        }
        while position < bytes.count {
            let count = integer()
            guard count > 0 else { break }
            for _ in 0..<min(count, 16) {
                let key = range()
                let value = range()
                if bytes[key].elementsEqual("avro.schema".utf8) { schema = value }
            }
        }
        let headerEnd = position + 16
        guard let schema, headerEnd < bytes.count else { return nil }
        position = headerEnd
        _ = integer()
        let content = range()
        return (schema, headerEnd, position + 16 == bytes.count ? content : nil)
    }
}

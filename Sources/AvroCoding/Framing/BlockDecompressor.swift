internal import CLzma
internal import CSnappy
internal import CZlib
internal import CZstd

/// Decompresses a container's blocks into one buffer that it keeps.
///
/// Output is limited and grows in steps, so a small block cannot claim much memory before it has produced it.
final class BlockDecompressor {
    /// Most bytes of one block's content.
    static let maximumBlockBytes = 256 << 20
    /// How many times as long as stored a block may be once it exceeds `smallBlockBytes`. Alerts compress 2 to 5 times;
    /// deflate can do 1,000 and zstd 30,000, but only where there is nothing to read.
    private static let maximumRatio = 64
    private static let smallBlockBytes = 4 << 20
    /// A buffer beyond this is given back before the next block, so that one huge message does not keep its memory.
    private static let maximumKeptBytes = 32 << 20

    private var buffer = ByteBuffer()
    private var inflater: Inflater?
    private var zstandard: ZstandardReader?

    /// Most bytes that so many stored bytes may become.
    static func limit(storedBytes: Int) -> Int {
        // Beyond the whole limit the ratio no longer matters, and the product could overflow.
        min(maximumBlockBytes, max(smallBlockBytes, min(storedBytes, maximumBlockBytes) * maximumRatio))
    }

    /// The block's content, valid until the next call.
    func decompress(_ block: UnsafeRawBufferPointer, codec: BlockCodec) throws(AvroError) -> UnsafeRawBufferPointer {
        if buffer.capacity > Self.maximumKeptBytes { buffer = ByteBuffer() }
        switch codec {
        case .null: return block
        case .deflate:
            let inflater = if let kept = self.inflater { kept } else { try Inflater() }
            self.inflater = inflater
            return buffer.bytes(try inflater.inflate(block, into: &buffer))
        case .snappy: return buffer.bytes(try Self.snappy(block, into: &buffer))
        case .zstandard:
            let reader = if let kept = self.zstandard { kept } else { try ZstandardReader() }
            self.zstandard = reader
            return buffer.bytes(try reader.decompress(block, into: &buffer))
        case .xz: return buffer.bytes(try Self.xz(block, into: &buffer))
        }
    }

    /// Makes room for the next piece of output: the buffer doubles from 64 kB up to the limit. Returns where the room
    /// ends, which is never beyond the limit, however large the buffer is from an earlier block.
    static func room(in buffer: inout ByteBuffer, filled: Int, limit: Int) throws(AvroError) -> Int {
        guard filled < limit else { throw .tooLarge(what: "a decompressed block", limit: limit) }
        if filled >= buffer.capacity {
            let wanted = min(limit, max(64 << 10, buffer.capacity * 2))
            guard buffer.reserve(wanted) else {
                throw .tooLarge(what: "a decompressed block, for this machine's memory", limit: wanted)
            }
        }
        return min(buffer.capacity, limit)
    }

    // MARK: - Snappy

    /// A raw snappy block and the big-endian CRC-32 of its content, as the Avro specification has it.
    private static func snappy(
        _ block: UnsafeRawBufferPointer, into buffer: inout ByteBuffer
    ) throws(AvroError) -> Int {
        guard block.count > 4, let start = block.baseAddress else {
            throw .decompression(codec: "snappy", reason: "shorter than its checksum")
        }
        let compressedCount = block.count - 4
        let input = start.assumingMemoryBound(to: CChar.self)
        var count = 0
        guard snappy_uncompressed_length(input, compressedCount, &count) == SNAPPY_OK else {
            throw .decompression(codec: "snappy", reason: "it does not begin with a length")
        }
        // A copy of 3 bytes yields 64 at most, so a longer claim is a lie; it is found before memory is taken for it.
        guard count / 32 <= compressedCount else {
            throw .decompression(
                codec: "snappy", reason: "\(compressedCount) bytes cannot hold the \(count) that they claim")
        }
        guard count <= limit(storedBytes: block.count) else {
            throw .tooLarge(what: "a decompressed block", limit: limit(storedBytes: block.count))
        }
        guard buffer.reserve(max(count, 1)), let output = buffer.start else {
            throw .tooLarge(what: "a decompressed block, for this machine's memory", limit: count)
        }
        let target = output.assumingMemoryBound(to: CChar.self)
        guard snappy_uncompress(input, compressedCount, target, &count) == SNAPPY_OK else {
            throw .decompression(codec: "snappy", reason: "its content is damaged")
        }
        let expected = UInt32(bigEndian: start.loadUnaligned(fromByteOffset: compressedCount, as: UInt32.self))
        let found = UInt32(
            truncatingIfNeeded: crc32_z(0, output.assumingMemoryBound(to: UInt8.self), count))
        guard expected == found else { throw .checksum(expected: expected, found: found) }
        return count
    }

    // MARK: - xz

    private static func xz(_ block: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) throws(AvroError) -> Int {
        var stream = lzma_stream()
        defer { lzma_end(&stream) }
        guard lzma_stream_decoder(&stream, UInt64(maximumBlockBytes), 0) == LZMA_OK else {
            throw .decompression(codec: "xz", reason: "no decoder")
        }
        stream.next_in = block.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_in = block.count
        let limit = limit(storedBytes: block.count)
        var filled = 0
        while true {
            let end = try room(in: &buffer, filled: filled, limit: limit)
            stream.next_out = buffer.start.map { ($0 + filled).assumingMemoryBound(to: UInt8.self) }
            stream.avail_out = end - filled
            let status = lzma_code(&stream, LZMA_FINISH)
            filled = end - stream.avail_out
            if status == LZMA_STREAM_END { break }
            guard status == LZMA_OK else {
                throw .decompression(codec: "xz", reason: "liblzma status \(status.rawValue)")
            }
        }
        guard stream.avail_in == 0 else { throw .decompression(codec: "xz", reason: "bytes are left after its end") }
        return filled
    }
}

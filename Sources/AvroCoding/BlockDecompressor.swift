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
    /// A buffer beyond this is given back before the next block, so that one huge message does not keep its memory.
    private static let maximumKeptBytes = 32 << 20

    private var buffer = ByteBuffer()
    private var inflater: Inflater?
    private var zstandard: ZstandardReader?

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

    /// Makes room for the next piece of output: the buffer doubles from 64 kB up to the limit.
    static func grow(_ buffer: inout ByteBuffer, filled: Int) throws(AvroError) {
        guard filled >= buffer.capacity else { return }
        guard filled < maximumBlockBytes else {
            throw .tooLarge(what: "a decompressed block", limit: maximumBlockBytes)
        }
        let wanted = min(maximumBlockBytes, max(64 << 10, buffer.capacity * 2))
        guard buffer.reserve(wanted) else {
            throw .tooLarge(what: "a decompressed block, for this machine's memory", limit: wanted)
        }
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
        guard count <= maximumBlockBytes else {
            throw .tooLarge(what: "a decompressed block", limit: maximumBlockBytes)
        }
        // A copy of 3 bytes yields 64 at most, so a longer claim is a lie; it is found before memory is taken for it.
        guard count / 32 <= compressedCount else {
            throw .decompression(
                codec: "snappy", reason: "\(compressedCount) bytes cannot hold the \(count) that they claim")
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
        var filled = 0
        while true {
            try grow(&buffer, filled: filled)
            stream.next_out = buffer.start.map { ($0 + filled).assumingMemoryBound(to: UInt8.self) }
            stream.avail_out = buffer.capacity - filled
            let status = lzma_code(&stream, LZMA_FINISH)
            filled = buffer.capacity - stream.avail_out
            if status == LZMA_STREAM_END { break }
            guard status == LZMA_OK else {
                throw .decompression(codec: "xz", reason: "liblzma status \(status.rawValue)")
            }
        }
        guard stream.avail_in == 0 else { throw .decompression(codec: "xz", reason: "bytes are left after its end") }
        return filled
    }
}

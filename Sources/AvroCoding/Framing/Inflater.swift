internal import CZlib

/// A zlib stream for raw deflate data, kept and reset so that a block costs no allocation.
final class Inflater {
    // SAFETY: zlib keeps the stream's address, so it has memory of its own, freed in deinit.
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(AvroError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // Negative window bits: deflate without a zlib header, as in the Avro specification.
        let status = inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw .decompression(codec: "deflate", reason: "zlib status \(status)")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Decompresses a block; returns how many bytes it has.
    func inflate(_ block: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) throws(AvroError) -> Int {
        guard inflateReset(stream) == Z_OK, let input = UInt32(exactly: block.count) else {
            throw .decompression(codec: "deflate", reason: "the block is too long for zlib")
        }
        // SAFETY: zlib does not write to its input.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: block.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = input
        let limit = BlockDecompressor.limit(storedBytes: block.count)
        var filled = 0
        while true {
            let end = try BlockDecompressor.room(in: &buffer, filled: filled, limit: limit)
            stream.pointee.next_out = buffer.start.map { ($0 + filled).assumingMemoryBound(to: UInt8.self) }
            stream.pointee.avail_out = UInt32(clamping: end - filled)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            filled = end - Int(stream.pointee.avail_out)
            if status == Z_STREAM_END { break }
            // No progress with room left means that the data end early.
            guard status == Z_OK, stream.pointee.avail_out == 0 else {
                throw .decompression(
                    codec: "deflate", reason: status == Z_OK ? "the data end early" : "zlib status \(status)")
            }
        }
        // What follows the end is ignored: fastavro leaves three bytes of zlib's own checksum there.
        return filled
    }
}

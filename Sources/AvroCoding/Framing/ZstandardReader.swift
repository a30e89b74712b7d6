internal import CZstd

/// A zstd decompression context, kept so that a block costs no allocation.
final class ZstandardReader {
    // SAFETY: owned here and freed in deinit.
    private let context: OpaquePointer

    init() throws(AvroError) {
        guard let context = ZSTD_createDCtx() else {
            throw .decompression(codec: "zstandard", reason: "no memory for a decoder")
        }
        self.context = context
        // A frame's header alone makes the decoder take its window and keep it: 128 MB by default.
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 25)
    }

    deinit {
        ZSTD_freeDCtx(context)
    }

    /// Decompresses a block, of one frame or several; returns how many bytes it has.
    func decompress(_ block: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) throws(AvroError) -> Int {
        ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        var input = ZSTD_inBuffer(src: block.baseAddress, size: block.count, pos: 0)
        let limit = BlockDecompressor.limit(storedBytes: block.count)
        var filled = 0
        while true {
            let end = try BlockDecompressor.room(in: &buffer, filled: filled, limit: limit)
            var output = ZSTD_outBuffer(dst: buffer.start, size: end, pos: filled)
            let before = input.pos
            let hint = ZSTD_decompressStream(context, &output, &input)
            guard ZSTD_isError(hint) == 0 else {
                throw .decompression(codec: "zstandard", reason: String(cString: ZSTD_getErrorName(hint)))
            }
            let progressed = output.pos > filled || input.pos > before
            filled = output.pos
            if hint == 0 && input.pos == input.size { return filled }
            guard progressed || filled == end else {
                throw .decompression(codec: "zstandard", reason: "the data end early")
            }
        }
    }
}

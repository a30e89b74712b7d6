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
    }

    deinit {
        ZSTD_freeDCtx(context)
    }

    /// Decompresses a block, of one frame or several; returns how many bytes it has.
    func decompress(_ block: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) throws(AvroError) -> Int {
        ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        var input = ZSTD_inBuffer(src: block.baseAddress, size: block.count, pos: 0)
        var filled = 0
        while true {
            try BlockDecompressor.grow(&buffer, filled: filled)
            var output = ZSTD_outBuffer(dst: buffer.start, size: buffer.capacity, pos: filled)
            let before = input.pos
            let hint = ZSTD_decompressStream(context, &output, &input)
            guard ZSTD_isError(hint) == 0 else {
                throw .decompression(codec: "zstandard", reason: String(cString: ZSTD_getErrorName(hint)))
            }
            let progressed = output.pos > filled || input.pos > before
            filled = output.pos
            if hint == 0 && input.pos == input.size { return filled }
            guard progressed || filled == buffer.capacity else {
                throw .decompression(codec: "zstandard", reason: "the data end early")
            }
        }
    }
}

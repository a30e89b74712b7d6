import Alerts
internal import CZlib

/// Writes a container file into bytes: the header first, then records gathered into blocks.
///
/// The sync marker comes from the seed, so equal input gives equal bytes.
public struct ContainerWriter {
    public enum Codec: String, Sendable {
        case null, deflate
    }

    private let codec: Codec
    private let schema: [UInt8]
    let sync: [UInt8]
    private let blockBytes: Int
    private var pending: [UInt8] = []
    private var pendingCount = 0

    /// - Parameter blockBytes: a block is closed when its records have this many bytes.
    public init(schema: String, codec: Codec, seed: UInt64, blockBytes: Int = 64 << 10) {
        self.init(schema: Array(schema.utf8), codec: codec, seed: seed, blockBytes: blockBytes)
    }

    init(schema: [UInt8], codec: Codec, seed: UInt64, blockBytes: Int = 64 << 10) {
        self.codec = codec
        self.schema = schema
        self.blockBytes = blockBytes
        sync = Self.syncMarker(seed: seed)
    }

    /// Appends the file's header to `bytes`.
    public func appendHeader(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: ContainerHeader.magic)
        bytes.appendInteger(2)
        bytes.appendText("avro.codec")
        bytes.appendText(codec.rawValue)
        bytes.appendText("avro.schema")
        bytes.appendInteger(Int64(schema.count))
        bytes.append(contentsOf: schema)
        bytes.appendInteger(0)
        bytes.append(contentsOf: sync)
    }

    /// Adds a record's body; a block that is full by it is appended to `bytes`.
    public mutating func append(_ body: [UInt8], to bytes: inout [UInt8]) throws(AvroError) {
        pending.append(contentsOf: body)
        pendingCount += 1
        if pending.count >= blockBytes { try finish(to: &bytes) }
    }

    /// Appends what is still pending as a block; to be called after the last record.
    public mutating func finish(to bytes: inout [UInt8]) throws(AvroError) {
        guard pendingCount > 0 else { return }
        let content = codec == .deflate ? try Self.deflated(pending) : pending
        bytes.appendInteger(Int64(pendingCount))
        bytes.appendInteger(Int64(content.count))
        bytes.append(contentsOf: content)
        bytes.append(contentsOf: sync)
        pending.removeAll(keepingCapacity: true)
        pendingCount = 0
    }

    /// Sixteen bytes that follow from the seed.
    private static func syncMarker(seed: UInt64) -> [UInt8] {
        var bits = SplitMix64(seed: seed)
        var marker: [UInt8] = []
        for _ in 0..<2 {
            withUnsafeBytes(of: bits.next().littleEndian) { marker.append(contentsOf: $0) }
        }
        return marker
    }

    private static func deflated(_ content: [UInt8]) throws(AvroError) -> [UInt8] {
        var stream = z_stream()
        let status = deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK, let count = UInt32(exactly: content.count) else {
            throw .unencodable(reason: "zlib status \(status) for a block of \(content.count) bytes")
        }
        defer { deflateEnd(&stream) }
        let capacity = Int(deflateBound(&stream, UInt(count)))
        var final = Z_OK
        let output = content.withUnsafeBytes { input in
            [UInt8](unsafeUninitializedCapacity: capacity) { output, filled in
                // SAFETY: zlib does not write to its input; both buffers live as long as this closure.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
                stream.avail_in = count
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(clamping: capacity)
                final = deflate(&stream, Z_FINISH)
                filled = capacity - Int(stream.avail_out)
            }
        }
        guard final == Z_STREAM_END else { throw .unencodable(reason: "zlib status \(final)") }
        return output
    }
}

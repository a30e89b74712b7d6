/// The compressions of container files that this module reads.
enum BlockCodec: Equatable {
    case null, deflate, snappy, zstandard, xz

    init(name: UnsafeRawBufferPointer) throws(AvroError) {
        switch String(decoding: name, as: UTF8.self) {
        case "", "null": self = .null
        case "deflate": self = .deflate
        case "snappy": self = .snappy
        case "zstandard": self = .zstandard
        case "xz": self = .xz
        case let other: throw .unsupportedCodec(name: String(other.prefix(40)))
        }
    }
}

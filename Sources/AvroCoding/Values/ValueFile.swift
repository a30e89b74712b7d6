/// The records of a container file as values, one after another.
///
/// Not Sendable: one thread reads it.
public final class ValueFile {
    public let schema: AvroSchema
    private let file: MappedFile
    private let header: ContainerHeader
    private let decompressor = BlockDecompressor()
    private var position: Int

    /// Maps a file and parses its schema.
    public init(path: String) throws(AvroError) {
        file = try MappedFile(path: path)
        header = try ContainerHeader(file.bytes)
        schema = try AvroSchema(json: [UInt8](file.bytes[header.schema]))
        position = header.sync.upperBound
    }

    /// The next block's records; nil at the end of the file.
    public func nextBlock() throws(AvroError) -> [AvroValue]? {
        guard let block = try ContainerBlock(file.bytes, at: position, header: header) else { return nil }
        let stored = UnsafeRawBufferPointer(rebasing: file.bytes[block.content])
        let content = try decompressor.decompress(stored, codec: header.codec)
        var reader = ValueReader(schema: schema, content)
        var records: [AvroValue] = []
        do throws(Fault) {
            for _ in 0..<block.recordCount { records.append(try reader.value(schema.root)) }
            guard reader.remaining == 0 else {
                throw Fault(
                    code: .trailingBytes, offset: content.count - reader.remaining, value: Int64(reader.remaining))
            }
        } catch {
            throw AvroError(error)
        }
        position = block.end
        return records
    }
}

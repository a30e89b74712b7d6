/// Where the parts of a container file lie, for code that hands them to another decoder.
public struct ContainerParts {
    /// The schema's JSON text within the file.
    public let schema: Range<Int>
    /// The encoding of the only record; nil where the container is compressed or has not one block with one record.
    public let onlyRecord: Range<Int>?

    public init(_ file: [UInt8]) throws(AvroError) {
        (schema, onlyRecord) = try file.span.bytes.withUnsafeBytes { bytes throws(AvroError) in
            let header = try ContainerHeader(bytes)
            guard let block = try ContainerBlock(bytes, at: header.sync.upperBound, header: header) else {
                return (header.schema, nil)
            }
            let isOnly = header.codec == .null && block.recordCount == 1 && block.end == bytes.count
            return (header.schema, isOnly ? block.content : nil)
        }
    }
}

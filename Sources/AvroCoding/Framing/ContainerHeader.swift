/// The start of a container file: where the schema lies, the codec, the sync marker.
///
/// Format: Avro 1.11 specification, "Object Container Files".
struct ContainerHeader {
    static let magic: [UInt8] = [0x4f, 0x62, 0x6a, 0x01]
    static let syncByteCount = 16

    /// The schema's JSON text within the file.
    let schema: Range<Int>
    let codec: BlockCodec
    /// The sync marker within the file; the first block follows it.
    let sync: Range<Int>

    init(_ bytes: UnsafeRawBufferPointer) throws(AvroError) {
        guard bytes.starts(with: Self.magic) else { throw .badMagic(found: Array(bytes.prefix(4))) }
        let metadata: (schema: Range<Int>?, codec: Range<Int>, sync: Range<Int>)
        do throws(Fault) {
            metadata = try Self.metadata(bytes)
        } catch {
            throw AvroError(error)
        }
        guard let schema = metadata.schema else {
            throw .schemaInvalid(reason: "the container has no avro.schema", location: "the header")
        }
        self.schema = schema
        codec = try BlockCodec(name: UnsafeRawBufferPointer(rebasing: bytes[metadata.codec]))
        sync = metadata.sync
    }

    private static func metadata(
        _ bytes: UnsafeRawBufferPointer
    ) throws(Fault) -> (schema: Range<Int>?, codec: Range<Int>, sync: Range<Int>) {
        var cursor = ByteCursor(bytes, at: magic.count)
        var schema: Range<Int>?
        var codec = 0..<0
        while true {
            let count = try cursor.integer()
            if count == 0 { break }
            if count < 0 { _ = try cursor.length(.header) }
            // An entry has two bytes at least, so the loop ends with the bytes whatever the count says.
            for _ in 0..<count.magnitude {
                let key = UnsafeRawBufferPointer(rebasing: bytes[try range(&cursor)])
                let value = try range(&cursor)
                if matches(key, "avro.schema") {
                    schema = value
                } else if matches(key, "avro.codec") {
                    codec = value
                }
            }
        }
        let start = cursor.position
        try cursor.skip(syncByteCount, .header)
        return (schema, codec, start..<cursor.position)
    }

    private static func matches(_ key: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
        guard key.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { $0.elementsEqual(key) }
    }

    private static func range(_ cursor: inout ByteCursor) throws(Fault) -> Range<Int> {
        let count = try cursor.length(.header)
        let start = cursor.position
        cursor.advance(uncheckedBy: count)
        return start..<cursor.position
    }
}

/// One block of a container file.
struct ContainerBlock {
    let recordCount: Int64
    /// The content as stored, compressed or not, within the file.
    let content: Range<Int>
    /// Where the next block starts.
    let end: Int

    /// The block at an offset, its sync marker checked; nil at the end of the file.
    init?(_ bytes: UnsafeRawBufferPointer, at offset: Int, header: ContainerHeader) throws(AvroError) {
        guard offset < bytes.count else { return nil }
        var cursor = ByteCursor(bytes, at: offset)
        let start: Int
        do throws(Fault) {
            recordCount = try cursor.integer()
            guard recordCount >= 0 else {
                throw Fault(code: .negativeLength, subject: .block, offset: offset, value: recordCount)
            }
            let count = try cursor.length(.block)
            start = cursor.position
            cursor.advance(uncheckedBy: count)
            content = start..<cursor.position
            try cursor.skip(ContainerHeader.syncByteCount, .block)
        } catch {
            throw AvroError(error)
        }
        end = cursor.position
        guard bytes[content.upperBound..<end].elementsEqual(bytes[header.sync]) else {
            throw .badSync(offset: content.upperBound)
        }
    }
}

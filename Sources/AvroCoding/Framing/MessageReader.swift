import Alerts

/// Reads a file as the messages that a stream would carry, one alert each, without decoding more than it takes to find
/// their ends.
///
/// A container with one record and no compression, a Confluent frame and a single-object message are a message as they
/// are. Of other
/// containers each record becomes a container of its own with the same schema, uncompressed. Not Sendable: one thread
/// reads it.
public final class MessageReader {
    private let file: MappedFile
    /// nil for a file that is one message as it is.
    private let header: ContainerHeader?
    private let plan: LearnedPlan?
    private var isFinished = false
    private var position: Int
    private let messageHeader: [UInt8]
    private let sync: [UInt8]

    private let decompressor = BlockDecompressor()
    private let slots = SlotMemory()
    private var sink = RecordSink()
    // The block being read: records left, and where the next one starts in the content.
    private var recordsLeft: Int64 = 0
    private var contentPosition = 0
    private var content = UnsafeRawBufferPointer(start: nil, count: 0)

    /// Maps a file and reads its header and schema.
    public convenience init(path: String) throws(AvroError) {
        try self.init(MappedFile(path: path))
    }

    /// Reads a file that is in memory, such as an archive's member; the bytes are copied.
    public convenience init(bytes: [UInt8]) throws(AvroError) {
        try self.init(MappedFile(copying: bytes))
    }

    private init(_ file: MappedFile) throws(AvroError) {
        self.file = file
        var first: ContainerHeader?
        var plan: LearnedPlan?
        var isOneMessage = Framing.isFrame(file.bytes)
        if !isOneMessage {
            let header = try ContainerHeader(file.bytes)
            if let block = try ContainerBlock(file.bytes, at: header.sync.upperBound, header: header) {
                isOneMessage = header.codec == .null && block.recordCount == 1 && block.end == file.bytes.count
            }
            first = isOneMessage ? nil : header
        }
        header = first
        guard let header = first else {
            self.plan = nil
            position = 0
            messageHeader = []
            sync = []
            return
        }
        position = header.sync.upperBound
        let schema = [UInt8](file.bytes[header.schema])
        guard schema.count <= PlanCache.maximumSchemaBytes else {
            throw .tooLarge(what: "a schema", limit: PlanCache.maximumSchemaBytes)
        }
        plan = LearnedPlan(try DecodePlan(skipping: AvroSchema(json: schema)))
        self.plan = plan
        let writer = ContainerWriter(schema: schema, codec: .null, seed: 1)
        var messageHeader: [UInt8] = []
        writer.appendHeader(to: &messageHeader)
        self.messageHeader = messageHeader
        sync = writer.sync
    }

    /// Replaces `message` by the next message; false, and an empty `message`, at the end of the file.
    public func next(into message: inout [UInt8]) throws(AvroError) -> Bool {
        message.removeAll(keepingCapacity: true)
        guard let header, let plan else {
            guard !isFinished else { return false }
            isFinished = true
            message.append(contentsOf: file.bytes)
            return true
        }
        while recordsLeft == 0 {
            guard contentPosition == content.count else {
                throw .trailingBytes(count: content.count - contentPosition, offset: contentPosition)
            }
            guard let block = try ContainerBlock(file.bytes, at: position, header: header) else { return false }
            // SAFETY: the content lies in the mapped file or in the decompressor's buffer, which stays until the next
            // block.
            content = try decompressor.decompress(
                UnsafeRawBufferPointer(rebasing: file.bytes[block.content]), codec: header.codec)
            contentPosition = 0
            // A record without bytes could be repeated for ever.
            guard block.recordCount <= content.count else {
                throw .lengthBeyondEnd(
                    what: "a block's record count", length: block.recordCount, remaining: content.count,
                    offset: position)
            }
            recordsLeft = block.recordCount
            position = block.end
        }
        let record = UnsafeRawBufferPointer(rebasing: content[contentPosition...])
        let count = try recordByteCount(record, plan)
        message.append(contentsOf: messageHeader)
        message.appendInteger(1)
        message.appendInteger(Int64(count))
        message.append(contentsOf: record[..<count])
        message.append(contentsOf: sync)
        contentPosition += count
        recordsLeft -= 1
        return true
    }

    /// How much of the file has been read, 0 to 1.
    public var fractionRead: Double {
        header == nil ? (isFinished ? 1 : 0) : Double(position) / Double(max(1, file.bytes.count))
    }

    private func recordByteCount(_ record: UnsafeRawBufferPointer, _ plan: LearnedPlan) throws(AvroError) -> Int {
        // A plan that skips emits nothing; the batch is there for its signature.
        var batch = AlertBatch()
        do throws(Fault) {
            return try PlanRunner.withRunner(plan, record, slots: slots.view) { runner throws(Fault) in
                try runner.record(&sink, into: &batch)
                return runner.cursor.position
            }
        } catch {
            throw AvroError(error)
        }
    }
}

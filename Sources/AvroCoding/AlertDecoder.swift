public import Alerts

/// Decodes alert messages into a batch.
///
/// Owned by one worker and not Sendable: it keeps compiled plans and scratch memory, so that after the first messages
/// of a schema an alert costs no allocation. Input is checked byte for byte; damaged input is an error and leaves the
/// batch as it was.
public final class AlertDecoder {
    private var plans = PlanCache { schema throws(AvroError) in try DecodePlan(alertSchema: schema) }
    private let decompressor = BlockDecompressor()
    private var sink = RecordSink()
    private let slots = SlotMemory()
    private let schemas: SchemaSource
    private var framePlans: [Int32: LearnedPlan] = [:]
    private var singleObjectPlans: [UInt64: LearnedPlan] = [:]

    /// - Parameter schemas: where the schemas of frames are; without it a frame is an error.
    public init(schemas: SchemaSource = SchemaSource()) {
        self.schemas = schemas
    }

    public convenience init(schemas: SchemaFolder) {
        self.init(schemas: schemas.source)
    }

    /// Decodes a message and appends its alerts and rows to `batch`.
    ///
    /// A message is an Avro container with one or many alerts, or one alert's body in a Confluent frame or in
    /// single-object encoding (`Framing`).
    ///
    /// On error the batch is left exactly as it was before the call. A container without records is an error,
    /// `noAlerts`.
    /// - Returns: the number of alerts appended.
    public func decode(_ message: RawSpan, into batch: inout AlertBatch) throws(AvroError) -> Int {
        try message.withUnsafeBytes { bytes throws(AvroError) in
            try decode(bytes, into: &batch)
        }
    }

    private func decode(_ bytes: UnsafeRawBufferPointer, into batch: inout AlertBatch) throws(AvroError) -> Int {
        let alertCount = batch.alerts.count
        let rowCount = batch.detections.count
        do throws(AvroError) {
            if Framing.isFrame(bytes) { return try decodeFrame(bytes, into: &batch) }
            let header = try ContainerHeader(bytes)
            let plan = try plan(bytes, header)
            var position = header.sync.upperBound
            var content = 0
            while let block = try ContainerBlock(bytes, at: position, header: header) {
                let taken = PlanRunner.rowsTaken(
                    alerts: batch.alerts.count - alertCount, rows: batch.detections.count - rowCount)
                content += try decode(
                    block, of: bytes, codec: header.codec, plan, bytesBefore: content, rowsTaken: taken, into: &batch)
                let limit = max(bytes.count, BlockDecompressor.limit(storedBytes: bytes.count))
                guard content <= limit else { throw .tooLarge(what: "a message's content", limit: limit) }
                position = block.end
            }
            guard batch.alerts.count > alertCount else { throw .noAlerts }
            return batch.alerts.count - alertCount
        } catch {
            batch.truncate(alerts: alertCount, detections: rowCount)
            throw error
        }
    }

    private func decodeFrame(_ bytes: UnsafeRawBufferPointer, into batch: inout AlertBatch) throws(AvroError) -> Int {
        let framing = try Framing(bytes)
        let body = UnsafeRawBufferPointer(rebasing: bytes[framing.headByteCount...])
        try records(count: 1, body, try framePlan(framing), into: &batch)
        return 1
    }

    private func framePlan(_ framing: Framing) throws(AvroError) -> LearnedPlan {
        switch framing {
        case .confluent(let id):
            if let known = framePlans[id] { return known }
            let plan = LearnedPlan(try DecodePlan(alertSchema: try schemas.byId(id)))
            framePlans[id] = plan
            return plan
        case .singleObject(let fingerprint):
            if let known = singleObjectPlans[fingerprint] { return known }
            let plan = LearnedPlan(try DecodePlan(alertSchema: try schemas.byFingerprint(fingerprint)))
            singleObjectPlans[fingerprint] = plan
            return plan
        case .container: throw .badMagic(found: ContainerHeader.magic)
        }
    }

    func plan(_ bytes: UnsafeRawBufferPointer, _ header: ContainerHeader) throws(AvroError) -> LearnedPlan {
        try plans.plan(UnsafeRawBufferPointer(rebasing: bytes[header.schema]))
    }

    /// Appends a block's alerts and returns how many bytes its content has; after an error the caller takes the batch
    /// back. The blocks of one message share its limit of rows.
    @discardableResult
    func decode(
        _ block: ContainerBlock, of bytes: UnsafeRawBufferPointer, codec: BlockCodec, _ plan: LearnedPlan,
        bytesBefore: Int = 0, rowsTaken: Int = 0, into batch: inout AlertBatch
    ) throws(AvroError) -> Int {
        let stored = UnsafeRawBufferPointer(rebasing: bytes[block.content])
        let content = try decompressor.decompress(stored, codec: codec)
        try records(
            count: block.recordCount, content, plan,
            rowLimit: PlanRunner.rowLimit(byteCount: bytesBefore + content.count), rowsTaken: rowsTaken, into: &batch)
        return content.count
    }

    /// Appends the alerts of record bodies that follow one another and fill `content`.
    func records(
        count: Int64, _ content: UnsafeRawBufferPointer, _ plan: LearnedPlan, rowLimit: Int? = nil,
        rowsTaken: Int = 0, into batch: inout AlertBatch
    ) throws(AvroError) {
        // A text's position must fit its half of a slot.
        guard content.count <= Int32.max else { throw .tooLarge(what: "a block", limit: Int(Int32.max)) }
        do throws(Fault) {
            let rest = try PlanRunner.withRunner(
                plan, content, slots: slots.view, rowLimit: rowLimit, rowsTaken: rowsTaken
            ) { runner throws(Fault) in
                // Every alert has required fields, so a false count runs out of bytes.
                for _ in 0..<count { try runner.record(&sink, into: &batch) }
                return runner.cursor.remaining
            }
            guard rest == 0 else {
                throw Fault(code: .trailingBytes, offset: content.count - rest, value: Int64(rest))
            }
        } catch {
            throw AvroError(error)
        }
    }
}

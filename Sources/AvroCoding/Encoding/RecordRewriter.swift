import Alerts

/// Makes a copy of a message with another candid and with its times shifted, so that a replay can repeat a night with
/// alerts that are new to the database.
///
/// Replaced are `candid` and `candidate.candid`; shifted are `candidate.jd`, `jdstarthist` and `jdendhist`, and the jd
/// of `prv_candidates` and `fp_hists`. All else is copied byte for byte. Not Sendable: one for each thread.
public final class RecordRewriter {
    private var plans = PlanCache { schema throws(AvroError) in
        try DecodePlan(marking: schema, fields: RecordRewriter.fields)
    }
    private let decompressor = BlockDecompressor()
    private let slots = SlotMemory()
    private var sink = RecordSink()
    private var body: [UInt8] = []

    private static let fields: [SurveyMapping.MappedField] = [
        .init("candid", use: .mark(.candid)),
        .init(
            "candidate",
            use: .record([
                .init("candid", use: .mark(.candid)),
                .init("jd", use: .mark(.jd), isRequired: true),
                .init("jdstarthist", use: .mark(.jd)),
                .init("jdendhist", use: .mark(.jd)),
            ]), isRequired: true),
        .init("prv_candidates", use: .marks([.init("jd", use: .mark(.jd))])),
        .init("fp_hists", use: .marks([.init("jd", use: .mark(.jd))])),
    ]

    public init() {}

    /// Replaces `rewritten` by a copy of a one-record ZTF container, without compression, with the new candid and
    /// shifted times.
    ///
    /// - Parameter jdShift: days added to every jd.
    public func rewrite(
        _ message: RawSpan, candid: Int64, jdShift: Double, into rewritten: inout [UInt8]
    ) throws(AvroError) {
        try message.withUnsafeBytes { bytes throws(AvroError) in
            try rewrite(bytes, candid: candid, jdShift: jdShift, into: &rewritten)
        }
    }

    private func rewrite(
        _ bytes: UnsafeRawBufferPointer, candid: Int64, jdShift: Double, into rewritten: inout [UInt8]
    ) throws(AvroError) {
        let header = try ContainerHeader(bytes)
        let plan = try plans.plan(UnsafeRawBufferPointer(rebasing: bytes[header.schema]))
        let block = try onlyRecord(bytes, header)
        guard header.codec == .null else {
            throw .unencodable(reason: "its block is compressed; MessageReader gives messages without compression")
        }
        let record = UnsafeRawBufferPointer(rebasing: bytes[block.content])
        try findMarks(record, plan)
        body.removeAll(keepingCapacity: true)
        var copied = 0
        for mark in sink.marks {
            body.append(contentsOf: record[copied..<mark.position])
            switch mark.mark {
            case .candid: body.appendInteger(candid)
            case .jd:
                let bits = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: mark.position, as: UInt64.self))
                body.appendDouble(Double(bitPattern: bits) + jdShift)
            }
            copied = mark.position + mark.count
        }
        body.append(contentsOf: record[copied...])
        rewritten.removeAll(keepingCapacity: true)
        rewritten.append(contentsOf: bytes[..<header.sync.upperBound])
        rewritten.appendInteger(1)
        rewritten.appendInteger(Int64(body.count))
        rewritten.append(contentsOf: body)
        rewritten.append(contentsOf: bytes[header.sync])
    }

    /// The block of a container with one record.
    private func onlyRecord(
        _ bytes: UnsafeRawBufferPointer, _ header: ContainerHeader
    ) throws(AvroError) -> ContainerBlock {
        var only: ContainerBlock?
        var count: Int64 = 0
        var position = header.sync.upperBound
        while let block = try ContainerBlock(bytes, at: position, header: header) {
            if block.recordCount > 0 { only = block }
            count = count.addingReportingOverflow(block.recordCount).partialValue
            position = block.end
        }
        guard count == 1, let only else { throw .notOneRecord(count: count) }
        return only
    }

    private func findMarks(_ record: UnsafeRawBufferPointer, _ plan: LearnedPlan) throws(AvroError) {
        // A plan of marks emits nothing; the batch is there for its signature.
        var batch = AlertBatch()
        do throws(Fault) {
            let rest = try PlanRunner.withRunner(plan, record, slots: slots.view) { runner throws(Fault) in
                try runner.record(&sink, into: &batch)
                return runner.cursor.remaining
            }
            guard rest == 0 else {
                throw Fault(code: .trailingBytes, offset: record.count - rest, value: Int64(rest))
            }
        } catch {
            throw AvroError(error)
        }
    }
}

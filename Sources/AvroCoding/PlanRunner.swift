import Alerts

/// Runs a plan over the bytes of records.
///
/// All pointers are borrowed for the length of one call of `AlertDecoder`; nothing is allocated unless a growing buffer has to.
struct PlanRunner: ~Copyable {
    /// Deeper nesting than any survey has; arrays and records within skipped fields count.
    static let maximumDepth = 64

    private let plan: DecodePlan
    private let slots: SlotView
    var cursor: ByteCursor
    // SAFETY: these three point into the plan's arrays, inside the closure of `withRunner` that lent them.
    private let code: UnsafePointer<Instruction>
    private let words: UnsafePointer<UInt64>
    private let loads: UnsafePointer<DecodePlan.LayoutLoad>
    private var depth = 0

    /// Lends a runner for some bytes to `body`.
    static func withRunner<Result>(
        _ plan: DecodePlan, _ bytes: UnsafeRawBufferPointer, slots: SlotView,
        _ body: (inout PlanRunner) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        try plan.code.withUnsafeBufferPointer { code throws(Fault) in
            try plan.words.withUnsafeBufferPointer { words throws(Fault) in
                try plan.layoutLoads.withUnsafeBufferPointer { loads throws(Fault) in
                    guard let code = code.baseAddress else { throw Fault(code: .truncated, offset: 0) }
                    // SAFETY: the placeholders stand for empty arrays, into which no layout points.
                    var runner = PlanRunner(
                        plan: plan, slots: slots, cursor: ByteCursor(bytes), code: code,
                        words: words.baseAddress ?? UnsafePointer(slots.words),
                        loads: loads.baseAddress
                            ?? UnsafeRawPointer(slots.words).assumingMemoryBound(to: DecodePlan.LayoutLoad.self))
                    return try body(&runner)
                }
            }
        }
    }

    private init(
        plan: DecodePlan, slots: SlotView, cursor: ByteCursor, code: UnsafePointer<Instruction>,
        words: UnsafePointer<UInt64>, loads: UnsafePointer<DecodePlan.LayoutLoad>
    ) {
        self.plan = plan
        self.slots = slots
        self.cursor = cursor
        self.code = code
        self.words = words
        self.loads = loads
    }

    /// Reads one record and leaves the cursor at its end.
    mutating func record(_ sink: inout RecordSink, into batch: inout AlertBatch) throws(Fault) {
        for slot in Slot.allCases { slots.set(slot, slot.absent) }
        sink.waiting.removeAll(keepingCapacity: true)
        sink.marks.removeAll(keepingCapacity: true)
        sink.keepsWaiting = plan.keepsRowsWaiting
        sink.firstRow = batch.detections.count
        try run(from: 0, &sink, &batch)
    }

    // MARK: - Instructions

    private mutating func run(from start: Int32, _ sink: inout RecordSink, _ batch: inout AlertBatch) throws(Fault) {
        var index = Int(start)
        while true {
            let instruction = code[index]
            index += 1
            switch instruction {
            case .skipBytes(let count): try cursor.skip(Int(count), .fixed)
            case .skipInteger: try cursor.skipInteger()
            case .skipText: try cursor.skipLengthPrefixed(.text)
            case .skipOptionalBytes(let null, let width):
                if try cursor.unionOfTwo() != Int(null) { try cursor.skip(Int(width), .fixed) }
            case .skipOptionalInteger(let null):
                if try cursor.unionOfTwo() != Int(null) { try cursor.skipInteger() }
            case .skipOptionalText(let null):
                if try cursor.unionOfTwo() != Int(null) { try cursor.skipLengthPrefixed(.text) }
            case .load(let conversion, let slot):
                slots.set(slot, try value(conversion, slot))
            case .loadOptional(let null, let conversion, let slot):
                let isNull = try cursor.unionOfTwo() == Int(null)
                slots.set(slot, isNull ? slot.absent : try value(conversion, slot))
            case .clear(let slot): slots.set(slot, slot.absent)
            case .layouts(let present, let absent, let next):
                if take(plan.layouts[Int(present)]) || absent >= 0 && take(plan.layouts[Int(absent)]) { index = Int(next) }
            case .stop: return
            default: index = try control(instruction, next: index, &sink, &batch)
            }
        }
    }

    /// The instructions that are rare within a record.
    private mutating func control(
        _ instruction: Instruction, next: Int, _ sink: inout RecordSink, _ batch: inout AlertBatch
    ) throws(Fault) -> Int {
        switch instruction {
        case .branch(let first, let count):
            let branch = try cursor.unionIndex(branches: Int(count))
            return Int(plan.branchTargets[Int(first) + branch])
        case .jump(let target): return Int(target)
        case .call(let subroutine): try call(subroutine, &sink, &batch)
        case .skipBlocks(let subroutine, let itemBytes):
            try blocks(subroutine, itemBytes: Int(itemBytes), isSkipped: true, &sink, &batch)
        case .eachItem(let subroutine, let itemBytes):
            try blocks(subroutine, itemBytes: Int(itemBytes), isSkipped: false, &sink, &batch)
        case .skipFixedBlocks(let width): try skipFixedBlocks(width: Int(width))
        case .mark(let mark, let conversion):
            let position = cursor.position
            if conversion == .integer { try cursor.skipInteger() } else { try cursor.skip(8, .double) }
            sink.marks.append(MarkedValue(mark: mark, position: position, count: cursor.position - position))
        case .emit(let emission): try emit(emission, &sink, &batch)
        case .rejectNull(let slot):
            throw Fault(code: .nullValue, offset: cursor.position, value: Int64(slot.rawValue))
        default: break
        }
        return next
    }

    private mutating func call(_ subroutine: Int32, _ sink: inout RecordSink, _ batch: inout AlertBatch) throws(Fault) {
        guard depth < Self.maximumDepth else {
            throw Fault(code: .nestingTooDeep, offset: cursor.position, limit: Self.maximumDepth)
        }
        depth += 1
        try run(from: plan.entries[Int(subroutine)], &sink, &batch)
        depth -= 1
    }

    // MARK: - Arrays and maps

    private mutating func blocks(
        _ subroutine: Int32, itemBytes: Int, isSkipped: Bool, _ sink: inout RecordSink, _ batch: inout AlertBatch
    ) throws(Fault) {
        while let block = try nextBlock(itemBytes: itemBytes) {
            if isSkipped, let end = block.end {
                cursor.advance(uncheckedBy: end - cursor.position)
                continue
            }
            for _ in 0..<block.count { try call(subroutine, &sink, &batch) }
            if let end = block.end, end != cursor.position {
                throw Fault(code: .badBlockSize, offset: cursor.position)
            }
        }
    }

    /// The next block's item count, checked against the bytes that remain, and its end where the writer says it; nil after the last.
    private mutating func nextBlock(itemBytes: Int) throws(Fault) -> (count: Int, end: Int?)? {
        let start = cursor.position
        let value = try cursor.integer()
        if value == 0 { return nil }
        var end: Int?
        if value < 0 {
            let byteCount = try cursor.length(.block)
            end = cursor.position + byteCount
        }
        let count = value.magnitude
        let available = (end ?? cursor.end) - cursor.position
        if itemBytes > 0, count > UInt64(available / itemBytes) {
            throw Fault(
                code: .lengthBeyondEnd, subject: .array, offset: start, value: Int64(clamping: count), limit: available)
        }
        return (Int(clamping: count), end)
    }

    private mutating func skipFixedBlocks(width: Int) throws(Fault) {
        while let block = try nextBlock(itemBytes: width) {
            // nextBlock has checked the product against what remains; items without bytes cost nothing however many there are.
            let byteCount = width == 0 ? 0 : block.count * width
            cursor.advance(uncheckedBy: byteCount)
            if let end = block.end, end != cursor.position {
                throw Fault(code: .badBlockSize, offset: cursor.position)
            }
        }
    }

    // MARK: - Values

    @inline(__always)
    private mutating func value(_ conversion: Conversion, _ slot: Slot) throws(Fault) -> UInt64 {
        switch conversion {
        case .integer: return UInt64(bitPattern: try cursor.integer())
        case .integerToDouble: return Double(try cursor.integer()).bitPattern
        case .integerToFloat: return UInt64(Float(try cursor.integer()).bitPattern)
        case .float: return UInt64(try cursor.number(UInt32.self, .float))
        case .floatToDouble: return Double(try cursor.number(Float.self, .float)).bitPattern
        case .double: return try cursor.number(UInt64.self, .double)
        case .doubleToFloat: return UInt64(Float(try cursor.number(Double.self, .double)).bitPattern)
        case .text, .textToSign, .booleanToSign, .integerToSign: return try otherValue(conversion, slot)
        }
    }

    private mutating func otherValue(_ conversion: Conversion, _ slot: Slot) throws(Fault) -> UInt64 {
        let start = cursor.position
        switch conversion {
        case .booleanToSign: return try sign(of: cursor.byte(.boolean), slot, start)
        case .integerToSign:
            let value = try cursor.integer()
            if value == -1 { return UInt64(bitPattern: -1) }
            return try sign(of: UInt8(exactly: value) ?? 0xff, slot, start)
        default:
            let count = try cursor.length(.text)
            let position = cursor.position
            cursor.advance(uncheckedBy: count)
            if conversion == .text { return UInt64(position) << 32 | UInt64(count) }
            if count == 0 { return slot.absent }
            let first = cursor.base.load(fromByteOffset: position, as: UInt8.self)
            return try sign(of: count == 1 ? first : 0xff, slot, start)
        }
    }

    /// ZTF writes "t" or "1" for a positive difference and "f" or "0" for a negative one; a boolean or an integer says the same.
    private func sign(of value: UInt8, _ slot: Slot, _ offset: Int) throws(Fault) -> UInt64 {
        switch value {
        case UInt8(ascii: "t"), UInt8(ascii: "1"), 1: return 1
        case UInt8(ascii: "f"), UInt8(ascii: "0"), 0: return UInt64(bitPattern: -1)
        default: throw Fault(code: .badText, offset: offset, value: Int64(slot.rawValue))
        }
    }

    // MARK: - Layouts

    /// Takes a run of fields if the bytes have this layout.
    ///
    /// PERF: union tags of a whole run in a few masked words; field by field each tag waits for the one before it (1,300 in a packet).
    @inline(__always)
    private mutating func take(_ layout: DecodePlan.Layout) -> Bool {
        let wordCount = Int(layout.wordCount)
        // Whole words are read, so the last layouts of a record may take the slow way.
        guard wordCount &* 8 <= cursor.remaining else { return false }
        let start = cursor.base + cursor.position
        let pattern = words + Int(layout.firstWord)
        var difference: UInt64 = 0
        for index in 0..<wordCount {
            let word = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
            difference |= (word ^ pattern[2 &* index &+ 1]) & pattern[2 &* index]
        }
        guard difference == 0 else { return false }
        let first = Int(layout.firstLoad)
        for index in first..<first &+ Int(layout.loadCount) { copy(loads[index], from: start) }
        cursor.advance(uncheckedBy: Int(layout.byteCount))
        return true
    }

    @inline(__always)
    private func copy(_ load: DecodePlan.LayoutLoad, from start: UnsafeRawPointer) {
        let offset = Int(load.offset)
        switch load.conversion {
        case .float: slots.set(load.slot, UInt64(start.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        case .double: slots.set(load.slot, start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        case .floatToDouble:
            slots.set(load.slot, Double(start.loadUnaligned(fromByteOffset: offset, as: Float.self)).bitPattern)
        case .doubleToFloat:
            slots.set(load.slot, UInt64(Float(start.loadUnaligned(fromByteOffset: offset, as: Double.self)).bitPattern))
        default: slots.set(load.slot, load.slot.absent)
        }
    }

    // MARK: - Emission

    private func emit(_ emission: Emission, _ sink: inout RecordSink, _ batch: inout AlertBatch) throws(Fault) {
        switch emission {
        case .ztfPrevious: try ZTFMapping.appendPrevious(slots, at: cursor.position, &sink, to: &batch)
        case .ztfForced: try ZTFMapping.appendForced(slots, at: cursor.position, to: &batch)
        case .ztfAlert: try ZTFMapping.appendAlert(slots, record: cursor, &sink, to: &batch)
        case .lsstPrevious: try LSSTMapping.appendPrevious(slots, record: cursor, &sink, to: &batch)
        case .lsstForced: try LSSTMapping.appendForced(slots, record: cursor, to: &batch)
        case .lsstAlert: try LSSTMapping.appendAlert(slots, record: cursor, &sink, to: &batch)
        case .nothing: break
        }
    }
}

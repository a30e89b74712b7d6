import Alerts

/// Runs a plan over the bytes of records.
///
/// All pointers are borrowed for the length of one call of `AlertDecoder`; nothing is allocated unless a growing buffer
/// has to.
struct PlanRunner: ~Copyable {
    /// Deeper nesting than any survey has; arrays and records within skipped fields count.
    static let maximumDepth = 64

    private let plan: DecodePlan
    private let slots: SlotView
    var cursor: ByteCursor
    // SAFETY: these four point into the plan's arrays, inside the closure of `withRunner` that lent them; the compiler
    // made every index that is used with them. An empty array has no address: then no instruction has an index into it.
    private let code: UnsafePointer<Instruction>
    private let layouts: UnsafePointer<DecodePlan.Layout>?
    private let patterns: UnsafePointer<UInt8>?
    private let loads: UnsafePointer<DecodePlan.LayoutLoad>?
    private var depth = 0

    /// Lends a runner for some bytes to `body`.
    static func withRunner<Result>(
        _ plan: DecodePlan, _ bytes: UnsafeRawBufferPointer, slots: SlotView,
        _ body: (inout PlanRunner) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        try plan.code.withUnsafeBufferPointer { code throws(Fault) in
            try plan.layouts.withUnsafeBufferPointer { layouts throws(Fault) in
                try plan.patterns.withUnsafeBufferPointer { patterns throws(Fault) in
                    try plan.layoutLoads.withUnsafeBufferPointer { loads throws(Fault) in
                        guard let code = code.baseAddress else { throw Fault(code: .truncated, offset: 0) }
                        var runner = PlanRunner(
                            plan: plan, slots: slots, cursor: ByteCursor(bytes), code: code,
                            layouts: layouts.baseAddress, patterns: patterns.baseAddress, loads: loads.baseAddress)
                        return try body(&runner)
                    }
                }
            }
        }
    }

    private init(
        plan: DecodePlan, slots: SlotView, cursor: ByteCursor, code: UnsafePointer<Instruction>,
        layouts: UnsafePointer<DecodePlan.Layout>?, patterns: UnsafePointer<UInt8>?,
        loads: UnsafePointer<DecodePlan.LayoutLoad>?
    ) {
        self.plan = plan
        self.slots = slots
        self.cursor = cursor
        self.code = code
        self.layouts = layouts
        self.patterns = patterns
        self.loads = loads
    }

    /// Reads one record and leaves the cursor at its end.
    mutating func record(_ sink: inout RecordSink, into batch: inout AlertBatch) throws(Fault) {
        slots.clearAll()
        sink.waiting.removeAll(keepingCapacity: true)
        sink.marks.removeAll(keepingCapacity: true)
        sink.keepsWaiting = plan.keepsRowsWaiting
        sink.firstRow = batch.detections.count
        try run(from: 0, &sink, &batch)
    }

    // MARK: - Instructions

    private mutating func run(from start: Int32, _ sink: inout RecordSink, _ batch: inout AlertBatch) throws(Fault) {
        var index = Int(start)
        // PERF: a local copy stays in registers; every step depends on the position of the one before.
        var cursor = self.cursor
        while true {
            let instruction = code[index]
            index &+= 1
            switch instruction {
            case .skipBytes(let count): try cursor.skip(Int(count), .fixed)
            case .skipInteger: try cursor.skipInteger()
            case .skipText: try cursor.skipLengthPrefixed(.text)
            case .skipOptionalBytes(let null, let width):
                if try cursor.unionOfTwo() != Int(null) { try cursor.skip(Int(width), .fixed) }
            case .skipOptionalIntegers(let null, let count):
                for _ in 0..<count where try cursor.unionOfTwo() != Int(null) { try cursor.skipInteger() }
            case .skipOptionalTexts(let null, let count):
                for _ in 0..<count where try cursor.unionOfTwo() != Int(null) { try cursor.skipLengthPrefixed(.text) }
            case .load(let conversion, let slot):
                slots.set(slot, try value(conversion, slot, &cursor))
            case .loadOptional(let null, let conversion, let slot):
                if try cursor.unionOfTwo() == Int(null) {
                    slots.clear(slot)
                } else {
                    slots.set(slot, try value(conversion, slot, &cursor))
                }
            case .clear(let slot): slots.clear(slot)
            case .layouts(let present, let absent, let next):
                if take(present, &cursor) || absent >= 0 && take(absent, &cursor) { index = Int(next) }
            case .stop:
                self.cursor = cursor
                return
            default:
                self.cursor = cursor
                index = try control(instruction, next: index, &sink, &batch)
                cursor = self.cursor
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

    /// The next block's item count, checked against the bytes that remain, and its end where the writer says it; nil
    /// after the last.
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
            // nextBlock has checked the product against what remains; items without bytes cost nothing however many
            // there are.
            let byteCount = width == 0 ? 0 : block.count * width
            cursor.advance(uncheckedBy: byteCount)
            if let end = block.end, end != cursor.position {
                throw Fault(code: .badBlockSize, offset: cursor.position)
            }
        }
    }

    // MARK: - Values

    @inline(__always)
    private func value(_ conversion: Conversion, _ slot: Slot, _ cursor: inout ByteCursor) throws(Fault) -> UInt64 {
        switch conversion {
        case .integer: return UInt64(bitPattern: try cursor.integer())
        case .float: return UInt64(try cursor.number(UInt32.self, .float))
        case .double: return try cursor.number(UInt64.self, .double)
        default:
            let (word, end) = try otherValue(conversion, slot, cursor)
            cursor.advance(uncheckedBy: end &- cursor.position)
            return word
        }
    }

    /// The rarer conversions, with the position after the value.
    private func otherValue(
        _ conversion: Conversion, _ slot: Slot, _ start: ByteCursor
    ) throws(Fault) -> (word: UInt64, position: Int) {
        var cursor = start
        let word: UInt64
        switch conversion {
        case .integerToDouble: word = Double(try cursor.integer()).bitPattern
        case .integerToFloat: word = UInt64(Float(try cursor.integer()).bitPattern)
        case .floatToDouble: word = Double(try cursor.number(Float.self, .float)).bitPattern
        case .doubleToFloat: word = UInt64(Float(try cursor.number(Double.self, .double)).bitPattern)
        case .booleanToSign: word = try sign(of: Int64(cursor.byte(.boolean)), slot, start.position)
        case .integerToSign: word = try sign(of: cursor.integer(), slot, start.position)
        default:
            let count = try cursor.length(.text)
            let position = cursor.position
            cursor.advance(uncheckedBy: count)
            if conversion == .text {
                word = UInt64(position) << 32 | UInt64(count)
            } else if count == 0 {
                word = slot.absent
            } else {
                let first = cursor.base.load(fromByteOffset: position, as: UInt8.self)
                word = try sign(ofText: count == 1 ? first : 0xff, slot, start.position)
            }
        }
        return (word, cursor.position)
    }

    private func sign(ofText letter: UInt8, _ slot: Slot, _ offset: Int) throws(Fault) -> UInt64 {
        switch letter {
        case UInt8(ascii: "t"), UInt8(ascii: "1"): return try sign(of: 1, slot, offset)
        case UInt8(ascii: "f"), UInt8(ascii: "0"): return try sign(of: 0, slot, offset)
        default: throw Fault(code: .badText, offset: offset, value: Int64(slot.rawValue))
        }
    }

    /// ZTF writes "t" or "1" for a positive difference and "f" or "0" for a negative one; a boolean or an integer says
    /// the same.
    private func sign(of value: Int64, _ slot: Slot, _ offset: Int) throws(Fault) -> UInt64 {
        switch value {
        case 1: return 1
        case 0, -1: return UInt64(bitPattern: -1)
        default: throw Fault(code: .badText, offset: offset, value: Int64(slot.rawValue))
        }
    }

    // MARK: - Layouts

    /// Takes a run of fields if the bytes have this layout.
    ///
    /// PERF: union tags of a whole run in a few masked vectors; field by field each tag waits for the one before it
    /// (1,300 in a packet).
    @inline(__always)
    private func take(_ number: Int32, _ cursor: inout ByteCursor) -> Bool {
        guard let layout = layouts.map({ $0 + Int(number) }), let patterns else { return false }
        let byteCount = Int(layout.pointee.chunkCount) &* 16
        // Whole chunks are read, so the last layouts of a record may take the slow way.
        guard byteCount <= cursor.remaining else { return false }
        let start = cursor.base + cursor.position
        let mask = UnsafeRawPointer(patterns + Int(layout.pointee.firstPattern))
        let expected = mask + byteCount
        @inline(__always)
        func difference(_ offset: Int) -> SIMD2<UInt64> {
            (start.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
                ^ expected.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self))
                & mask.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
        }
        // The first chunk mostly settles which of the two layouts it is.
        var found = difference(0)
        guard found[0] | found[1] == 0 else { return false }
        var offset = 16
        while offset < byteCount {
            found |= difference(offset)
            offset &+= 16
        }
        guard found[0] | found[1] == 0 else { return false }
        if let loads {
            let first = loads + Int(layout.pointee.firstLoad)
            for index in 0..<Int(layout.pointee.loadCount) { copy(first[index], from: start) }
        }
        cursor.advance(uncheckedBy: Int(layout.pointee.byteCount))
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
        default: slots.clear(load.slot)
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

import Alerts

/// Runs a plan over the bytes of records.
///
/// All pointers are borrowed for the length of one call of `AlertDecoder`; nothing is allocated unless a growing buffer
/// has to.
struct PlanRunner: ~Copyable {
    /// Deeper nesting than any survey has; arrays and records within skipped fields count.
    static let maximumDepth = 64
    /// Rows of a message, or of a block of a file: ten times what a survey's longest history could have. Without a
    /// limit, two bytes that decompress from nothing would each become a row of 31.
    static let maximumRows = 1 << 18
    /// Fewer bytes than a real row has: LSST 7.0's forced photometry without any value has 17. Made-up rows can have two.
    private static let leastRowBytes = 16
    /// What an alert's own columns and its row take, in rows.
    private static let rowsPerAlert = 4

    /// The rows that so many bytes may become, so that memory stays within a few times the bytes.
    static func rowLimit(byteCount: Int) -> Int {
        min(maximumRows, 1024 + byteCount / leastRowBytes)
    }

    /// The rows that decoded alerts count for.
    static func rowsTaken(alerts: Int, rows: Int) -> Int {
        rows + (rowsPerAlert - 1) * alerts
    }

    private let plan: DecodePlan
    private let shapes: ShapeTable
    private let slots: SlotView
    var cursor: ByteCursor
    // SAFETY: points into the plan's code, inside the closure of `withRunner` that lent it; the compiler made every
    // index that is used with it.
    private let code: UnsafePointer<Instruction>
    private var depth = 0
    /// Items of arrays that are read into rows, and alerts, that may still come.
    private var rowsLeft: Int
    private let rowLimit: Int
    /// Calls that may still come: a schema can nest records that have no bytes, and name each twice in the next, so the
    /// bytes alone do not bound the work.
    private var callsLeft: Int
    private let maximumCalls: Int

    /// Lends a runner for some bytes to `body`; without a limit of rows they have that of their own number.
    static func withRunner<Result>(
        _ learned: LearnedPlan, _ bytes: UnsafeRawBufferPointer, slots: SlotView, rowLimit: Int? = nil,
        rowsTaken: Int = 0, _ body: (inout PlanRunner) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        try learned.plan.code.withUnsafeBufferPointer { code throws(Fault) in
            guard let code = code.baseAddress else { throw Fault(code: .truncated, offset: 0) }
            var runner = PlanRunner(
                plan: learned.plan, shapes: learned.shapes, slots: slots, cursor: ByteCursor(bytes),
                rowLimit: rowLimit ?? Self.rowLimit(byteCount: bytes.count), rowsTaken: rowsTaken, code: code)
            return try body(&runner)
        }
    }

    private init(
        plan: DecodePlan, shapes: ShapeTable, slots: SlotView, cursor: ByteCursor, rowLimit: Int, rowsTaken: Int,
        code: UnsafePointer<Instruction>
    ) {
        self.plan = plan
        self.shapes = shapes
        self.slots = slots
        self.cursor = cursor
        self.code = code
        self.rowLimit = rowLimit
        rowsLeft = max(0, rowLimit - rowsTaken)
        maximumCalls = 1024 + 2 * min(cursor.end, Int(Int32.max))
        callsLeft = maximumCalls
    }

    /// Reads one record and leaves the cursor at its end.
    mutating func record(_ sink: inout RecordSink, into batch: inout AlertBatch) throws(Fault) {
        slots.clearAll()
        sink.removeAll()
        try takeRows(Self.rowsPerAlert)
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
            case .shapes(let section, let next):
                if let shape = shapes.find(Int(section), cursor) {
                    try load(shape, cursor)
                    cursor.advance(uncheckedBy: shapes.byteCount(shape))
                    index = Int(next)
                } else {
                    shapes.learn(
                        Int(section), UnsafeBufferPointer(start: code + index, count: Int(next) &- index), cursor)
                }
            case .emit(let emission):
                self.cursor = cursor
                try emit(emission, &sink, &batch)
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
        guard callsLeft > 0 else {
            throw Fault(code: .tooManyCalls, offset: cursor.position, limit: maximumCalls)
        }
        callsLeft -= 1
        depth += 1
        try run(from: plan.entries[Int(subroutine)], &sink, &batch)
        depth -= 1
    }

    private mutating func takeRows(_ count: Int) throws(Fault) {
        guard count <= rowsLeft else {
            throw Fault(code: .tooManyRows, offset: cursor.position, limit: rowLimit)
        }
        rowsLeft -= count
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
            if !isSkipped { try takeRows(block.count) }
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
        case .integer: word = UInt64(bitPattern: try cursor.integer())
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

    // MARK: - Shapes

    /// Fills the slots from bytes that have a known shape.
    @inline(__always)
    private func load(_ shape: Int, _ start: ByteCursor) throws(Fault) {
        // The shape matched, so all of its bytes are there and an integer in one byte has no continuation.
        let bytes = start.base + start.position
        let (loads, ends) = shapes.loads(shape)
        var index = 0
        while index < Int(ends.clear) {
            slots.clear(loads[index].slot)
            index &+= 1
        }
        while index < Int(ends.word32) {
            let load = loads[index]
            slots.set(load.slot, UInt64(bytes.loadUnaligned(fromByteOffset: Int(load.offset), as: UInt32.self)))
            index &+= 1
        }
        while index < Int(ends.word64) {
            let load = loads[index]
            slots.set(load.slot, bytes.loadUnaligned(fromByteOffset: Int(load.offset), as: UInt64.self))
            index &+= 1
        }
        while index < Int(ends.shortInteger) {
            let load = loads[index]
            let bits = bytes.load(fromByteOffset: Int(load.offset), as: UInt8.self)
            slots.set(load.slot, UInt64(bitPattern: Int64(bits >> 1) ^ -Int64(bits & 1)))
            index &+= 1
        }
        while index < Int(ends.converted) {
            let load = loads[index]
            var cursor = start
            cursor.advance(uncheckedBy: Int(load.offset))
            let (word, _) = try otherValue(load.conversion, load.slot, cursor)
            slots.set(load.slot, word)
            index &+= 1
        }
    }

    // MARK: - Emission

    private func emit(_ emission: Emission, _ sink: inout RecordSink, _ batch: inout AlertBatch) throws(Fault) {
        switch emission {
        case .ztfPrevious: try ZTFMapping.appendPrevious(slots, at: cursor.position, &sink)
        case .ztfForced: try ZTFMapping.appendForced(slots, at: cursor.position, &sink)
        case .ztfAlert: try ZTFMapping.appendAlert(slots, record: cursor, &sink, to: &batch)
        case .lsstPrevious: try LSSTMapping.appendPrevious(slots, record: cursor, &sink)
        case .lsstForced: try LSSTMapping.appendForced(slots, record: cursor, &sink)
        case .lsstAlert: try LSSTMapping.appendAlert(slots, record: cursor, &sink, to: &batch)
        case .nothing: break
        }
    }
}

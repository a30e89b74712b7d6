/// A shape being learnt: walks a section's instructions over some bytes and notes what the way depended on.
///
/// Slow and plain, since it runs once for a shape.
struct ShapeDraft {
    // SAFETY: the table's memory for one shape, lent for the length of one call of `ShapeTable.learn`.
    private let pattern: UnsafeMutableRawBufferPointer
    private let loads: UnsafeMutableBufferPointer<ShapeTable.Load>
    private let start: Int
    private var cursor: ByteCursor
    private var loadCount = 0

    init(
        pattern: UnsafeMutableRawBufferPointer, loads: UnsafeMutableBufferPointer<ShapeTable.Load>, cursor: ByteCursor
    ) {
        self.pattern = pattern
        self.loads = loads
        self.cursor = cursor
        start = cursor.position
        // What no step narrows may be anything: a mask of 0 and an expected 0.
        pattern.initializeMemory(as: UInt8.self, repeating: 0)
    }

    var byteCount: Int { cursor.position - start }

    var paddedCount: Int {
        (byteCount + ShapeTable.groupBytes - 1) / ShapeTable.groupBytes * ShapeTable.groupBytes
    }

    private enum Failure: Error {
        case damaged
        case tooLarge
    }

    /// Whether the bytes go through the section and their shape fits.
    mutating func walk(_ code: UnsafeBufferPointer<Instruction>) -> Bool {
        do throws(Failure) {
            for instruction in code { try step(instruction) }
            return byteCount > 0
        } catch {
            return false
        }
    }

    private mutating func step(_ instruction: Instruction) throws(Failure) {
        switch instruction {
        case .skipBytes(let count): try bytes(Int(count))
        case .skipInteger: try integer()
        case .skipText: try text()
        case .skipOptionalBytes(let null, let width):
            if try isPresent(null) { try bytes(Int(width)) }
        case .skipOptionalIntegers(let null, let count):
            for _ in 0..<count where try isPresent(null) { try integer() }
        case .skipOptionalTexts(let null, let count):
            for _ in 0..<count where try isPresent(null) { try text() }
        case .load(let conversion, let slot): try value(conversion, slot)
        case .loadOptional(let null, let conversion, let slot):
            if try isPresent(null) {
                try value(conversion, slot)
            } else {
                try load(.clear, conversion, slot, at: byteCount)
            }
        case .clear(let slot): try load(.clear, .integer, slot, at: byteCount)
        // A shape in a shape is part of it.
        case .shapes: break
        default: throw .damaged
        }
    }

    private mutating func value(_ conversion: Conversion, _ slot: Slot) throws(Failure) {
        let first = byteCount
        switch conversion {
        case .float, .floatToDouble: try bytes(4)
        case .double, .doubleToFloat: try bytes(8)
        case .booleanToSign: try bytes(1)
        case .text, .textToSign: try text()
        case .integer, .integerToDouble, .integerToFloat, .integerToSign: try integer()
        }
        let kind: ShapeTable.Load.Kind =
            switch conversion {
            case .float: .word32
            case .double: .word64
            case .integer where byteCount - first == 1: .shortInteger
            default: .converted
            }
        try load(kind, conversion, slot, at: first)
    }

    private mutating func load(
        _ kind: ShapeTable.Load.Kind, _ conversion: Conversion, _ slot: Slot, at offset: Int
    ) throws(Failure) {
        guard loadCount < loads.count else { throw .tooLarge }
        // Loads are done in the order of their kinds, so each slot may have only one.
        guard !loads[..<loadCount].contains(where: { $0.slot == slot }) else { throw .tooLarge }
        loads.initializeElement(
            at: loadCount,
            to: ShapeTable.Load(kind: kind, conversion: conversion, slot: slot, offset: Int32(offset)))
        loadCount += 1
    }

    /// Brings the loads into the order of their kinds and says where each kind ends.
    func groupLoads() -> ShapeTable.LoadEnds {
        var all = UnsafeMutableBufferPointer(rebasing: loads[..<loadCount])
        all.sort { ($0.kind.rawValue, $0.offset) < ($1.kind.rawValue, $1.offset) }
        func end(_ kind: ShapeTable.Load.Kind) -> Int32 {
            Int32(all.count { $0.kind.rawValue <= kind.rawValue })
        }
        return ShapeTable.LoadEnds(
            clear: end(.clear), word32: end(.word32), word64: end(.word64), shortInteger: end(.shortInteger),
            converted: end(.converted))
    }

    // MARK: - Bytes

    /// Bytes that may be anything.
    private mutating func bytes(_ count: Int) throws(Failure) {
        guard count <= ShapeTable.maximumBytes - byteCount else { throw .tooLarge }
        guard count <= cursor.remaining else { throw .damaged }
        cursor.advance(uncheckedBy: count)
    }

    /// An integer of any value that takes as many bytes: only where it ends matters.
    private mutating func integer() throws(Failure) {
        try encodedInteger { index, byte in
            // The tenth byte has room for one bit, and a decoder checks it.
            index == 9 ? (0xfe, 0) : (0x80, byte & 0x80)
        }
    }

    /// A text of the same length and any content.
    private mutating func text() throws(Failure) {
        let count = try exactInteger()
        guard count >= 0 else { throw .damaged }
        guard count <= Int64(ShapeTable.maximumBytes) else { throw .tooLarge }
        try bytes(Int(count))
    }

    private mutating func isPresent(_ null: UInt8) throws(Failure) -> Bool {
        let branch = try exactInteger()
        guard branch == 0 || branch == 1 else { throw .damaged }
        return branch != Int64(null)
    }

    private mutating func exactInteger() throws(Failure) -> Int64 {
        try encodedInteger { _, byte in (0xff, byte) }
    }

    @discardableResult
    private mutating func encodedInteger(
        _ narrow: (_ index: Int, _ byte: UInt8) -> (mask: UInt8, expected: UInt8)
    ) throws(Failure) -> Int64 {
        let first = cursor.position
        let value: Int64
        do throws(Fault) {
            value = try cursor.integer()
        } catch {
            throw .damaged
        }
        guard byteCount <= ShapeTable.maximumBytes else { throw .tooLarge }
        for position in first..<cursor.position {
            let byte = cursor.base.load(fromByteOffset: position, as: UInt8.self)
            let (mask, expected) = narrow(position - first, byte)
            let offset = position - start
            let place = offset / 16 * 32 + offset % 16
            pattern[place] = mask
            pattern[place + 16] = expected
        }
        return value
    }
}

/// The shapes of the records and rows that one decoder has met, and what each needs to be decoded at once.
///
/// A shape is a section of a plan as some bytes went through it: which fields were null, how many bytes each integer
/// took, how long each text was. Bytes that agree with a known shape in all of that lead through the section the same
/// way, so the section's values lie at the shape's offsets and nothing has to be walked. A telescope's rows have few
/// shapes: mostly one for detections and one for upper limits.
///
/// PERF: on the 74 kB packet with 28 rows of history the walk is 1,900 instructions a row, each position waiting for
/// the one before it; a known shape is 500, and the next row's position does not wait for this row's bytes.
///
/// Not Sendable: each decoder owns its own, and all of its memory is taken when the plan is compiled.
final class ShapeTable {
    /// Longer runs of bytes are walked.
    static let maximumBytes = 2048
    static let maximumLoads = 48
    /// Shapes kept for a section.
    static let capacity = 16
    /// Bytes compared before a look at the result; shapes are padded to whole groups.
    static let groupBytes = 64
    /// The first misses all learn, then one in so many, so that bytes without a pattern cost little more than the walk.
    private static let freeMisses = 64
    private static let missesPerLesson = 64

    /// A value that a shape gives to a slot.
    struct Load {
        /// PERF: the usual values are one load and one store each, a fifth of what the general conversion costs. A shape's
        /// loads are grouped by kind, so that no jump depends on the kind of the next.
        enum Kind: UInt8, CaseIterable {
            case clear
            /// A float or a double as it is.
            case word32, word64
            /// An integer in one byte.
            case shortInteger
            /// Anything else, by its conversion.
            case converted
        }

        var kind: Kind
        var conversion: Conversion
        var slot: Slot
        var offset: Int32
    }

    struct Shape {
        var byteCount = 0
        var paddedCount = 0
        /// How many loads there are up to and with each kind.
        var loadEnds = LoadEnds()
    }

    /// Where the loads of each kind end among a shape's loads, which begin with `clear` and go on in the order of `Kind`.
    struct LoadEnds {
        var clear: Int32 = 0
        var word32: Int32 = 0
        var word64: Int32 = 0
        var shortInteger: Int32 = 0
        var converted: Int32 = 0
    }

    private struct Section {
        var count = 0
        var latest = 0
        var misses = 0
        /// Most bytes that a comparison with one of the shapes reads.
        var reach = 0
    }

    private let sectionCount: Int
    // SAFETY: three runs of `sectionCount` and `sectionCount * capacity` elements that live as long as the table; the
    // indices are a section's number, which the compiler gave, and a shape's, below `capacity`.
    private let sections: UnsafeMutablePointer<Section>
    private let shapes: UnsafeMutablePointer<Shape>
    private let loads: UnsafeMutablePointer<Load>
    /// For each shape chunks of 16 bytes of mask and 16 bytes of what is expected under it, in turn.
    private let patterns: UnsafeMutableRawPointer

    init(sectionCount: Int) {
        self.sectionCount = sectionCount
        let shapeCount = sectionCount * Self.capacity
        sections = .allocate(capacity: sectionCount)
        sections.initialize(repeating: Section(), count: sectionCount)
        shapes = .allocate(capacity: shapeCount)
        shapes.initialize(repeating: Shape(), count: shapeCount)
        loads = .allocate(capacity: shapeCount * Self.maximumLoads)
        patterns = .allocate(byteCount: shapeCount * 2 * Self.maximumBytes, alignment: 16)
    }

    deinit {
        sections.deallocate()
        shapes.deallocate()
        loads.deallocate()
        patterns.deallocate()
    }

    /// The number of the shape that the bytes at a cursor have; nil if it is none of the section's.
    @inline(__always)
    func find(_ section: Int, _ cursor: ByteCursor) -> Int? {
        let known = sections[section]
        let first = section &* Self.capacity
        if known.count > 0, matches(first &+ known.latest, cursor) { return first &+ known.latest }
        for index in 0..<known.count where index != known.latest && matches(first &+ index, cursor) {
            sections[section].latest = index
            return first &+ index
        }
        return nil
    }

    @inline(__always)
    func byteCount(_ shape: Int) -> Int { shapes[shape].byteCount }

    @inline(__always)
    func loads(_ shape: Int) -> (first: UnsafePointer<Load>, ends: LoadEnds) {
        (UnsafePointer(loads + shape &* Self.maximumLoads), shapes[shape].loadEnds)
    }

    @inline(__always)
    private func matches(_ shape: Int, _ cursor: ByteCursor) -> Bool {
        let byteCount = shapes[shape].paddedCount
        // Whole groups are read, so the last rows of a record without anything behind them are walked.
        guard byteCount <= cursor.remaining else { return false }
        let start = cursor.base + cursor.position
        let pattern = UnsafeRawPointer(patterns + shape &* (2 &* Self.maximumBytes))
        @inline(__always)
        func difference(_ offset: Int) -> SIMD2<UInt64> {
            start.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
                & pattern.load(fromByteOffset: 2 &* offset, as: SIMD2<UInt64>.self)
                ^ pattern.load(fromByteOffset: 2 &* offset &+ 16, as: SIMD2<UInt64>.self)
        }
        var offset = 0
        while offset < byteCount {
            let found =
                (difference(offset) | difference(offset &+ 16))
                | (difference(offset &+ 32) | difference(offset &+ 48))
            guard found[0] | found[1] == 0 else { return false }
            offset &+= Self.groupBytes
        }
        return true
    }

    // MARK: - Learning

    /// Notes the shape of the bytes at a cursor, which `find` did not know; damaged bytes have none.
    func learn(_ section: Int, _ code: UnsafeBufferPointer<Instruction>, _ cursor: ByteCursor) {
        // Bytes too near the end for a comparison may well have a known shape.
        guard cursor.remaining >= sections[section].reach else { return }
        sections[section].misses &+= 1
        let misses = sections[section].misses
        guard misses <= Self.freeMisses || misses % Self.missesPerLesson == 0 else { return }
        var index = sections[section].count
        if index == Self.capacity { index = misses / Self.missesPerLesson % Self.capacity }
        let shape = section * Self.capacity + index
        // Until it is complete the place holds a shape that no bytes have.
        shapes[shape].paddedCount = .max
        var draft = ShapeDraft(
            pattern: UnsafeMutableRawBufferPointer(
                start: patterns + shape * 2 * Self.maximumBytes, count: 2 * Self.maximumBytes),
            loads: UnsafeMutableBufferPointer(start: loads + shape * Self.maximumLoads, count: Self.maximumLoads),
            cursor: cursor)
        guard draft.walk(code), draft.paddedCount <= cursor.remaining else { return }
        shapes[shape] = Shape(
            byteCount: draft.byteCount, paddedCount: draft.paddedCount, loadEnds: draft.groupLoads())
        sections[section].count = max(sections[section].count, index + 1)
        sections[section].latest = index
        sections[section].reach = max(sections[section].reach, draft.paddedCount)
    }
}

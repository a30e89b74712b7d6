/// Compiles a schema and a mapping into the parts of a `DecodePlan`.
///
/// Records that are needed are compiled in place; whatever is skipped is a subroutine for each named type, so a schema
/// costs no more than its own size, recursive or not.
struct PlanCompiler {
    typealias Node = AvroSchema.Node
    typealias MappedField = SurveyMapping.MappedField

    let schema: AvroSchema
    var code: [Instruction] = []
    var notes: [String] = []
    var entries: [Int32] = []
    var branchTargets: [Int32] = []
    /// The latest place that something jumps to.
    private var barrier: Int32 = 0
    private(set) var usedSlots: Set<Slot> = []
    /// Sections of the code that a decoder learns shapes of.
    private(set) var sectionCount = 0
    private let learnsShapes: Bool
    /// Enough for a record and the rows of its arrays; more would be another schema's memory.
    private static let maximumSections = 6
    /// A section with fewer fields is walked as fast.
    private static let leastSectionFields = 6
    var sizes: TypeSizes

    /// Bodies that are still to be compiled, each with its subroutine's number.
    private enum Body {
        case skip(Node, isMap: Bool)
        case skipRecord(Int)
        case rows(Node, [MappedField], Emission, path: String)
    }
    private var pending: [(subroutine: Int, body: Body)] = []
    private var recordSubroutines: [Int: Int32] = [:]

    init(schema: AvroSchema, learnsShapes: Bool = false) {
        self.learnsShapes = learnsShapes
        self.schema = schema
        sizes = TypeSizes(schema)
    }

    mutating func compile(fields: [MappedField], emission: Emission, alternatives: [[Slot]]) throws(AvroError) {
        guard case .named(let index) = schema.root.bare, case .record(let writerFields) = schema.named[index].definition
        else {
            throw .unknownSurvey(schema: schema.title)
        }
        try compileFields(writerFields, uses: fields, path: "")
        for group in alternatives where !group.contains(where: usedSlots.contains) {
            throw .missingField(name: group.map(\.name).joined(separator: " or "), schema: schema.title)
        }
        append(.emit(emission))
        append(.stop)
        try compilePending()
    }

    mutating func compileSkip() throws(AvroError) {
        try skip(schema.root, note: schema.title)
        append(.stop)
        try compilePending()
    }

    // MARK: - Fields

    mutating func append(_ instruction: Instruction, _ note: String = "") {
        code.append(instruction)
        notes.append(note)
    }

    /// The next instruction's place, as the target of a jump.
    private mutating func target() -> Int32 {
        barrier = Int32(code.count)
        return barrier
    }

    private mutating func compileFields(
        _ fields: [AvroSchema.Field], uses: [MappedField], path: String
    ) throws(AvroError) {
        var useOfField: [String: MappedField] = [:]
        for use in uses {
            if let index = use.index(in: fields) {
                useOfField[fields[index].name] = use
            } else if use.isRequired {
                throw .missingField(name: path + (use.names.first ?? ""), schema: schema.title)
            }
        }
        if learnsShapes, fields.count >= Self.leastSectionFields, sectionCount < Self.maximumSections {
            append(.shapes(section: Int32(sectionCount), next: 0), path)
            sectionCount += 1
        }
        for field in fields { try compileField(field, useOfField[field.name], path: path) }
    }

    private mutating func compileField(
        _ field: AvroSchema.Field, _ mapped: MappedField?, path: String
    ) throws(AvroError) {
        let name = path + field.name
        guard let mapped else { return try skip(field.type, note: name) }
        switch mapped.use {
        case .value(let slot):
            usedSlots.insert(slot)
            try load(field.type, slot, name)
        case .record(let inner):
            try select(field.type, name, expected: "a record") { compiler, node throws(AvroError) in
                guard case .named(let index) = node, case .record(let fields) = compiler.schema.named[index].definition
                else { return false }
                try compiler.compileFields(fields, uses: inner, path: name + ".")
                return true
            } null: { compiler in
                if mapped.isRequired, let slot = Self.firstSlot(inner) { compiler.append(.rejectNull(slot), name) }
            }
        case .rows(let inner, let emission):
            try rows(field.type, inner, emission, name)
        case .marks(let inner):
            try rows(field.type, inner, .nothing, name)
        case .mark(let mark):
            try select(field.type, name, expected: "a long or a double") { compiler, node throws(AvroError) in
                switch (mark, node) {
                case (.candid, .long), (.candid, .int): compiler.append(.mark(mark, .integer), name)
                case (.jd, .double): compiler.append(.mark(mark, .double), name)
                default: return false
                }
                return true
            }
        }
    }

    private mutating func rows(
        _ type: Node, _ inner: [MappedField], _ emission: Emission, _ name: String
    ) throws(AvroError) {
        try select(type, name, expected: "an array of records") { compiler, node throws(AvroError) in
            guard case .array(let item) = node else { return false }
            let subroutine = compiler.newSubroutine(.rows(item, inner, emission, path: name + "[]"))
            compiler.append(.eachItem(subroutine: subroutine, itemBytes: compiler.itemBytes(item, isMap: false)), name)
            return true
        }
    }

    private static func firstSlot(_ fields: [MappedField]) -> Slot? {
        for field in fields {
            if case .value(let slot) = field.use { return slot }
        }
        return nil
    }

    private mutating func load(_ type: Node, _ slot: Slot, _ name: String) throws(AvroError) {
        if let (null, value) = type.optional, let conversion = Conversion(from: value, to: slot.content) {
            return append(.loadOptional(null: null, conversion, slot), name)
        }
        if type.bare == .null { return append(.clear(slot), name) }
        try select(type, name, expected: slot.content.typeName) { compiler, node throws(AvroError) in
            guard let conversion = Conversion(from: node, to: slot.content) else { return false }
            compiler.append(.load(conversion, slot), name)
            return true
        } null: { compiler in
            compiler.append(.clear(slot), name)
        }
    }

    private func mismatch(_ name: String, _ expected: String, _ found: Node) -> AvroError {
        .typeMismatch(field: name, expected: expected, found: schema.describe(found), schema: schema.title)
    }

    /// Compiles a field whose type may be a union: `body` for each branch that is not null; what `body` declines is an
    /// error.
    private mutating func select(
        _ type: Node, _ name: String, expected: String,
        _ body: (inout PlanCompiler, Node) throws(AvroError) -> Bool,
        null: (inout PlanCompiler) -> Void = { _ in }
    ) throws(AvroError) {
        guard case .union(let branches) = type.bare else {
            guard try body(&self, type.bare) else { throw mismatch(name, expected, type) }
            return
        }
        let first = branchTargets.count
        branchTargets.append(contentsOf: repeatElement(0, count: branches.count))
        append(.branch(first: Int32(first), count: Int32(branches.count)), name)
        var jumps: [Int] = []
        for (index, branch) in branches.enumerated() {
            branchTargets[first + index] = target()
            if branch.bare == .null {
                null(&self)
            } else if try !body(&self, branch.bare) {
                throw mismatch(name, expected, type)
            }
            jumps.append(code.count)
            append(.jump(0))
        }
        let end = target()
        for jump in jumps { code[jump] = .jump(end) }
    }

    // MARK: - Skipping

    private mutating func skip(_ node: Node, note: String) throws(AvroError) {
        if let width = sizes.fixedWidth(node) {
            if width > 0 { append(.skipBytes(Int32(clamping: width)), note) }
            return
        }
        switch node.bare {
        case .int, .long: append(.skipInteger, note)
        case .bytes, .string: append(.skipText, note)
        case .array(let item): skipBlocks(item, isMap: false, note)
        case .map(let value): skipBlocks(value, isMap: true, note)
        case .named(let index):
            guard case .record = schema.named[index].definition else { return append(.skipInteger, note) }
            append(.call(recordSubroutine(index)), note)
        case .union(let branches): try skipUnion(node, branches, note)
        case .null, .boolean, .float, .double, .logical: break
        }
    }

    private mutating func skipBlocks(_ item: Node, isMap: Bool, _ note: String) {
        if !isMap, let width = sizes.fixedWidth(item) {
            return append(.skipFixedBlocks(width: Int32(clamping: width)), note)
        }
        let subroutine = newSubroutine(.skip(item, isMap: isMap))
        append(.skipBlocks(subroutine: subroutine, itemBytes: itemBytes(item, isMap: isMap)), note)
    }

    private mutating func skipUnion(_ node: Node, _ branches: [Node], _ note: String) throws(AvroError) {
        if let (null, value) = node.optional {
            if let width = sizes.fixedWidth(value) {
                return append(.skipOptionalBytes(null: null, width: Int32(clamping: width)), note)
            }
            switch value.bare {
            case .int, .long: return skipOptionalIntegers(null, note)
            case .bytes, .string: return skipOptionalTexts(null, note)
            default: break
            }
        }
        try select(node, note, expected: "") { compiler, branch throws(AvroError) in
            try compiler.skip(branch, note: note)
            return true
        }
    }

    // Neighbours of a kind are one instruction, unless something jumps in between.

    private mutating func skipOptionalIntegers(_ null: UInt8, _ note: String) {
        if barrier != Int32(code.count), case .skipOptionalIntegers(null, let count) = code.last {
            code[code.count - 1] = .skipOptionalIntegers(null: null, count: count + 1)
            notes[notes.count - 1] += ", " + note
        } else {
            append(.skipOptionalIntegers(null: null, count: 1), note)
        }
    }

    private mutating func skipOptionalTexts(_ null: UInt8, _ note: String) {
        if barrier != Int32(code.count), case .skipOptionalTexts(null, let count) = code.last {
            code[code.count - 1] = .skipOptionalTexts(null: null, count: count + 1)
            notes[notes.count - 1] += ", " + note
        } else {
            append(.skipOptionalTexts(null: null, count: 1), note)
        }
    }

    // MARK: - Subroutines

    private mutating func newSubroutine(_ body: Body) -> Int32 {
        let number = entries.count
        entries.append(0)
        pending.append((number, body))
        return Int32(number)
    }

    private mutating func recordSubroutine(_ index: Int) -> Int32 {
        if let known = recordSubroutines[index] { return known }
        let number = newSubroutine(.skipRecord(index))
        recordSubroutines[index] = number
        return number
    }

    private mutating func itemBytes(_ item: Node, isMap: Bool) -> Int32 {
        // A map's item starts with its key, of one byte at least.
        Int32(clamping: max(1, sizes.minimum(item) + (isMap ? 1 : 0)))
    }

    private mutating func compilePending() throws(AvroError) {
        while let (subroutine, body) = pending.popLast() {
            entries[subroutine] = target()
            switch body {
            case .skip(let node, let isMap):
                if isMap { append(.skipText, "key") }
                try skip(node, note: schema.describe(node))
            case .skipRecord(let index):
                if case .record(let fields) = schema.named[index].definition {
                    try compileFields(fields, uses: [], path: schema.named[index].fullName + ".")
                }
            case .rows(let item, let fields, let emission, let path):
                // Spark makes the items nullable; a null item is no row.
                try select(item, path, expected: "a record") { compiler, node throws(AvroError) in
                    guard case .named(let index) = node,
                        case .record(let writerFields) = compiler.schema.named[index].definition
                    else { return false }
                    try compiler.compileFields(writerFields, uses: fields, path: path + ".")
                    compiler.append(.emit(emission))
                    return true
                }
            }
            append(.stop)
        }
        finishSections()
    }

    /// A section goes on as long as its steps only load and skip.
    private mutating func finishSections() {
        for (index, instruction) in code.enumerated() {
            guard case .shapes(let section, _) = instruction else { continue }
            let next = code[index...].firstIndex { !$0.isStraight } ?? code.count
            code[index] = .shapes(section: section, next: Int32(next))
        }
    }
}

extension AvroSchema.Node {
    /// For a union of null and one other type: which branch null is, and the other type.
    var optional: (null: UInt8, value: AvroSchema.Node)? {
        guard case .union(let branches) = bare, branches.count == 2 else { return nil }
        if branches[0].bare == .null { return (0, branches[1]) }
        if branches[1].bare == .null { return (1, branches[0]) }
        return nil
    }
}

public import Alerts

/// A writer's schema and a survey's mapping, compiled into the steps that decode one record.
///
/// A flat list without closures, so it can be printed (`description`) and run without allocation; immutable, so it can
/// be shared. Steps visit the needed fields and skip the rest; runs of fixed-width fields are recognised by one masked
/// comparison (`Layout`).
public final class DecodePlan: Sendable {
    /// A run of fields of fixed width in one state of their unions: the bytes that tell, the length, and the values at
    /// known offsets.
    struct Layout: Sendable {
        /// Where its mask begins in `patterns`; the expected bytes follow it. Both are padded to whole `chunks` of 16
        /// bytes.
        var firstPattern: Int32
        var chunkCount: Int32
        var byteCount: Int32
        /// A range of `layoutLoads`.
        var firstLoad: Int32
        var loadCount: Int32
        var fieldCount: Int32
    }

    struct LayoutLoad: Sendable {
        /// nil clears the slot.
        var conversion: Conversion?
        var offset: Int32
        var slot: Slot
    }

    /// The writer's schema: name and version.
    public let schemaTitle: String
    public let survey: Survey?
    let code: [Instruction]
    /// What each instruction is about, for `description`.
    let notes: [String]
    /// Where each subroutine starts.
    let entries: [Int32]
    let branchTargets: [Int32]
    let layouts: [Layout]
    let patterns: [UInt8]
    let layoutLoads: [LayoutLoad]
    /// Rows wait until forced photometry, later in the packet, has been appended.
    let keepsRowsWaiting: Bool

    /// Compiles the plan of an alert schema; the survey is recognised by its fields.
    public convenience init(alertSchema schema: AvroSchema) throws(AvroError) {
        guard let mapping = SurveyMapping.of(schema) else { throw .unknownSurvey(schema: schema.title) }
        try self.init(schema: schema, mapping: mapping)
    }

    convenience init(schema: AvroSchema, mapping: SurveyMapping) throws(AvroError) {
        var compiler = PlanCompiler(schema: schema, runStarts: mapping.runStarts)
        try compiler.compile(fields: mapping.fields, emission: mapping.emission, alternatives: mapping.alternatives)
        self.init(compiler, survey: mapping.survey)
    }

    /// A plan that extracts nothing: running it finds where a record ends.
    convenience init(skipping schema: AvroSchema) throws(AvroError) {
        var compiler = PlanCompiler(schema: schema)
        try compiler.compileSkip()
        self.init(compiler, survey: nil)
    }

    /// A plan that notes where marked fields lie.
    convenience init(marking schema: AvroSchema, fields: [SurveyMapping.MappedField]) throws(AvroError) {
        var compiler = PlanCompiler(schema: schema)
        try compiler.compile(fields: fields, emission: .nothing, alternatives: [])
        self.init(compiler, survey: nil)
    }

    private init(_ compiler: PlanCompiler, survey: Survey?) {
        schemaTitle = compiler.schema.title
        self.survey = survey
        code = compiler.code
        notes = compiler.notes
        entries = compiler.entries
        branchTargets = compiler.branchTargets
        layouts = compiler.layouts
        patterns = compiler.patterns
        layoutLoads = compiler.layoutLoads
        keepsRowsWaiting = compiler.emissions.contains { $0 == .ztfForced || $0 == .lsstForced }
    }
}

extension DecodePlan: CustomStringConvertible {
    public var description: String {
        var text = "plan for schema \(schemaTitle)" + (survey.map { ", survey \($0.name)" } ?? "") + "\n"
        for (index, instruction) in code.enumerated() {
            if let subroutine = entries.firstIndex(of: Int32(index)) { text += "subroutine \(subroutine):\n" }
            let number = String(index)
            text += String(repeating: " ", count: max(0, 5 - number.count)) + number + "  " + describe(instruction)
            text += notes[index].isEmpty ? "\n" : "  ; \(notes[index])\n"
        }
        return text
    }

    private func describe(_ instruction: Instruction) -> String {
        switch instruction {
        case .skipBytes(let count): "skip \(count) bytes"
        case .skipInteger: "skip integer"
        case .skipText: "skip text"
        case .skipOptionalBytes(let null, let width): "skip optional \(width) bytes (null is branch \(null))"
        case .skipOptionalIntegers(let null, let count): "skip \(count) optional integers (null is branch \(null))"
        case .skipOptionalTexts(let null, let count): "skip \(count) optional texts (null is branch \(null))"
        case .skipBlocks(let subroutine, _): "skip blocks of subroutine \(subroutine)"
        case .skipFixedBlocks(let width): "skip blocks of items of \(width) bytes"
        case .load(let conversion, let slot): "load \(conversion) -> \(slot)"
        case .loadOptional(let null, let conversion, let slot):
            "load optional \(conversion) -> \(slot) (null is branch \(null))"
        case .clear(let slot): "clear \(slot)"
        case .mark(let mark, let conversion): "mark \(mark), \(conversion)"
        case .layouts(let present, let absent, let next): describe(present: present, absent: absent, next: next)
        case .branch(let first, let count):
            "branch to "
                + branchTargets[Int(first)..<Int(first + count)].map { String($0) }.joined(separator: ", ")
        case .jump(let target): "jump to \(target)"
        case .call(let subroutine): "call subroutine \(subroutine)"
        case .eachItem(let subroutine, _): "each item: subroutine \(subroutine)"
        case .emit(let emission): "emit \(emission)"
        case .rejectNull(let slot): "reject null \(slot)"
        case .stop: "stop"
        }
    }

    private func describe(present: Int32, absent: Int32, next: Int32) -> String {
        let layout = layouts[Int(present)]
        let loads = layoutLoads[Int(layout.firstLoad)..<Int(layout.firstLoad + layout.loadCount)]
        var text = "take \(layout.fieldCount) fields at once if all are present (\(layout.byteCount) bytes)"
        if absent >= 0 { text += " or all null (\(layouts[Int(absent)].byteCount) bytes)" }
        if !loads.isEmpty { text += ", loading " + loads.map { "\($0.slot)" }.joined(separator: " ") }
        return text + ", then go to \(next)"
    }
}

public import Alerts

/// A writer's schema and a survey's mapping, compiled into the steps that decode one record.
///
/// A flat list without closures, so it can be printed (`description`) and run without allocation; immutable, so it can
/// be shared. Steps visit the needed fields and skip the rest; sections of them are left out for bytes of a known shape
/// (`ShapeTable`).
public final class DecodePlan: Sendable {
    /// The writer's schema: name and version.
    public let schemaTitle: String
    public let survey: Survey?
    let code: [Instruction]
    /// What each instruction is about, for `description`.
    let notes: [String]
    /// Where each subroutine starts.
    let entries: [Int32]
    let branchTargets: [Int32]
    /// How many sections a `ShapeTable` has to know the shapes of.
    let sectionCount: Int

    /// Compiles the plan of an alert schema; the survey is recognised by its fields.
    public convenience init(alertSchema schema: AvroSchema) throws(AvroError) {
        guard let mapping = SurveyMapping.of(schema) else { throw .unknownSurvey(schema: schema.title) }
        try self.init(schema: schema, mapping: mapping)
    }

    convenience init(schema: AvroSchema, mapping: SurveyMapping) throws(AvroError) {
        var compiler = PlanCompiler(schema: schema, learnsShapes: true)
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
        sectionCount = compiler.sectionCount
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
        case .shapes(let section, let next): "take section \(section) if its shape is known, then go to \(next)"
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
}

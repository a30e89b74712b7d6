import Alerts

/// Which fields of a survey's schemas fill which slots, by name, so that one mapping serves every version of the
/// schema.
struct SurveyMapping: Sendable {
    /// What a field is used for.
    indirect enum Use: Sendable {
        case value(Slot)
        case record([MappedField])
        /// An array of records; each item becomes a row of the light curve.
        case rows([MappedField], Emission)
        /// The value's position is noted and nothing is decoded: how `RecordRewriter` finds what to replace.
        case mark(Mark)
        /// An array of records with marked fields.
        case marks([MappedField])
    }

    struct MappedField: Sendable {
        /// The field's names in different versions of the schema; the first that exists is taken.
        let names: [String]
        let use: Use
        let isRequired: Bool

        init(_ names: String..., use: Use, isRequired: Bool = false) {
            self.names = names
            self.use = use
            self.isRequired = isRequired
        }

        /// The index of the writer's field that is taken: the first name that a field has, else the first that a field
        /// has as an alias, which is how a writer says that it renamed one.
        func index(in fields: [AvroSchema.Field]) -> Int? {
            for name in names {
                if let index = fields.firstIndex(where: { $0.name == name }) { return index }
            }
            for name in names {
                if let index = fields.firstIndex(where: { $0.aliases.contains(name) }) { return index }
            }
            return nil
        }
    }

    let survey: Survey
    let fields: [MappedField]
    /// Runs when a record has been read: it makes the alert.
    let emission: Emission
    /// Of each group one slot at least must have a field.
    let alternatives: [[Slot]]

    /// The mapping of the survey that a schema belongs to; nil if it is of none.
    static func of(_ schema: AvroSchema) -> SurveyMapping? {
        guard let fields = schema.rootFields else { return nil }
        if fields.contains(where: { $0.answers(to: "candidate") }) { return ZTFMapping.mapping }
        if fields.contains(where: { $0.answers(to: "diaSource") }) { return LSSTMapping.mapping }
        return nil
    }
}

/// Code that runs at the end of an array item or of the record, when its slots are filled.
enum Emission: UInt8, Sendable {
    case ztfPrevious, ztfForced, ztfAlert
    case lsstPrevious, lsstForced, lsstAlert
    case nothing
}

/// What `RecordRewriter` replaces.
enum Mark: UInt8, Sendable {
    case candid, jd
}

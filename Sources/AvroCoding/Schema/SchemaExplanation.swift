public import Alerts

/// What this release makes of a schema: whose it is, which of its fields fill which value, and what it does not have.
public struct SchemaExplanation: Sendable {
    public struct Use: Sendable, Equatable {
        /// Path of the writer's field, such as `candidate.magpsf` or `prv_candidates[].jd`.
        public let field: String
        public let type: String
        /// The name of the value that the field fills.
        public let value: String
    }

    public let schema: AvroSchema
    public let survey: Survey?
    /// In the order of the mapping.
    public private(set) var uses: [Use] = []
    /// Paths of the mapping's fields that the schema does not have: their values are absent, NaN for numbers.
    public private(set) var absent: [String] = []

    public init(_ schema: AvroSchema) {
        self.schema = schema
        let mapping = SurveyMapping.of(schema)
        survey = mapping?.survey
        guard let mapping, let fields = schema.rootFields else { return }
        collect(mapping.fields, of: fields, path: "")
    }

    private mutating func collect(
        _ mapped: [SurveyMapping.MappedField], of fields: [AvroSchema.Field], path: String
    ) {
        for item in mapped {
            guard let index = item.index(in: fields) else {
                addAbsent(item, path: path)
                continue
            }
            let field = fields[index]
            let name = path + field.name
            switch item.use {
            case .value(let slot):
                uses.append(Use(field: name, type: schema.describe(field.type), value: slot.name))
            case .record(let inner):
                if let fields = record(field.type) { collect(inner, of: fields, path: name + ".") }
            case .rows(let inner, _):
                if let fields = items(field.type) { collect(inner, of: fields, path: name + "[].") }
            case .mark, .marks: break
            }
        }
    }

    private mutating func addAbsent(_ item: SurveyMapping.MappedField, path: String) {
        let name = path + item.names.joined(separator: " or ")
        if case .rows = item.use { absent.append(name + "[]") } else { absent.append(name) }
    }

    /// The fields of a record, or of the record in a union.
    private func record(_ type: AvroSchema.Node) -> [AvroSchema.Field]? {
        for node in branches(type) {
            if case .named(let index) = node, case .record(let fields) = schema.named[index].definition { return fields }
        }
        return nil
    }

    private func items(_ type: AvroSchema.Node) -> [AvroSchema.Field]? {
        for node in branches(type) {
            if case .array(let item) = node { return record(item) }
        }
        return nil
    }

    private func branches(_ type: AvroSchema.Node) -> [AvroSchema.Node] {
        if case .union(let branches) = type.bare { branches.map(\.bare) } else { [type.bare] }
    }
}

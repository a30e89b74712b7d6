extension PlanCompiler {
    /// A field that has one width whenever it is present.
    struct FixedField {
        /// The byte that says null and the byte that says present, where the field is nullable.
        let nullTag: UInt8?
        let presentTag: UInt8?
        let width: Int
        let load: (Conversion, Slot)?
    }

    /// Wider values are not worth a comparison.
    private static let widestField = 64

    /// The fields from the front that have fixed width when present.
    mutating func fixedRun(
        _ fields: ArraySlice<AvroSchema.Field>, uses: [String: MappedField], path: String
    ) -> [FixedField] {
        var run: [FixedField] = []
        for field in fields {
            if !run.isEmpty, runStarts.contains(field.name) { break }
            guard let fixed = fixedField(field, uses[field.name]) else { break }
            run.append(fixed)
        }
        return run
    }

    private mutating func fixedField(_ field: AvroSchema.Field, _ mapped: MappedField?) -> FixedField? {
        var value = field.type.bare
        var nullTag: UInt8?
        if let (null, inner) = value.optional {
            nullTag = null * 2
            value = inner.bare
        } else if case .union = value {
            return nil
        }
        guard let width = sizes.fixedWidth(value), width <= Self.widestField else { return nil }
        var load: (Conversion, Slot)?
        if let mapped {
            guard case .value(let slot) = mapped.use, let conversion = Conversion(from: value, to: slot.content),
                conversion.fixedWidth == width
            else { return nil }
            load = (conversion, slot)
        }
        return FixedField(nullTag: nullTag, presentTag: nullTag.map { 2 - $0 }, width: width, load: load)
    }

    /// Appends a `.layouts` instruction for a run; the caller fills in where it goes on.
    mutating func appendLayouts(_ run: [FixedField]) {
        let present = appendLayout(run, isPresent: true)
        let absent = run.allSatisfy { $0.nullTag != nil } ? appendLayout(run, isPresent: false) : -1
        append(.layouts(present: present, absent: absent, next: 0))
    }

    private mutating func appendLayout(_ run: [FixedField], isPresent: Bool) -> Int32 {
        var mask: [UInt8] = []
        var expected: [UInt8] = []
        let firstLoad = layoutLoads.count
        for field in run {
            if let tag = isPresent ? field.presentTag : field.nullTag {
                mask.append(0xff)
                expected.append(tag)
            }
            if let (conversion, slot) = field.load {
                layoutLoads.append(
                    DecodePlan.LayoutLoad(
                        conversion: isPresent ? conversion : nil, offset: Int32(mask.count), slot: slot))
            }
            if isPresent {
                mask.append(contentsOf: repeatElement(0, count: field.width))
                expected.append(contentsOf: repeatElement(0, count: field.width))
            }
        }
        let chunkCount = (mask.count + 15) / 16
        let padding = repeatElement(UInt8(0), count: chunkCount * 16 - mask.count)
        let firstPattern = patterns.count
        patterns += mask + padding
        patterns += expected + padding
        layouts.append(
            DecodePlan.Layout(
                firstPattern: Int32(firstPattern), chunkCount: Int32(chunkCount), byteCount: Int32(mask.count),
                firstLoad: Int32(firstLoad), loadCount: Int32(layoutLoads.count - firstLoad),
                fieldCount: Int32(run.count)))
        return Int32(layouts.count - 1)
    }
}

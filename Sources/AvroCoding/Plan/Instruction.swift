/// One step of a decode plan: what to do with the next bytes of the record.
enum Instruction: Sendable {
    // MARK: Skipping
    case skipBytes(Int32)
    case skipInteger
    case skipText
    /// Nullable values one after another, by their null branch: of a fixed width, integers, or strings and byte
    /// strings.
    case skipOptionalBytes(null: UInt8, width: Int32)
    case skipOptionalIntegers(null: UInt8, count: Int32)
    case skipOptionalTexts(null: UInt8, count: Int32)
    /// An array or map: by block where the writer gives sizes, else item by item.
    case skipBlocks(subroutine: Int32, itemBytes: Int32)
    /// The same where all items have one width.
    case skipFixedBlocks(width: Int32)

    // MARK: Needed values
    case load(Conversion, Slot)
    case loadOptional(null: UInt8, Conversion, Slot)
    case clear(Slot)
    case mark(Mark, Conversion)

    // MARK: Many fields at once

    /// If the bytes have a shape of the section that the decoder knows, take them and go on at `next`; else walk, and
    /// learn the shape.
    case shapes(section: Int32, next: Int32)

    // MARK: Control
    /// Reads a union's index and goes to the target with that index, counted from `first`.
    case branch(first: Int32, count: Int32)
    case jump(Int32)
    case call(Int32)
    case eachItem(subroutine: Int32, itemBytes: Int32)
    case emit(Emission)
    case rejectNull(Slot)
    case stop
}

extension Instruction {
    /// Goes on at the following step, having loaded or skipped; or is a faster way to do so.
    var isStraight: Bool {
        switch self {
        case .skipBytes, .skipInteger, .skipText, .skipOptionalBytes, .skipOptionalIntegers, .skipOptionalTexts, .load,
            .loadOptional, .clear, .shapes:
            true
        case .skipBlocks, .skipFixedBlocks, .mark, .branch, .jump, .call, .eachItem, .emit, .rejectNull, .stop: false
        }
    }
}

/// How a needed value is encoded, and what the slot holds.
enum Conversion: UInt8, Sendable {
    case integer, integerToDouble, integerToFloat
    case float, floatToDouble
    case double, doubleToFloat
    case text, textToSign
    case booleanToSign, integerToSign

    /// The conversion from a primitive type, nil where Avro has no promotion to it.
    ///
    /// One step beyond Avro's rules: a double may fill a float's place, rounded, because the light curve's columns are
    /// floats by our choice.
    init?(from node: AvroSchema.Node, to content: Slot.Content) {
        switch (node.bare, content) {
        case (.int, .integer), (.long, .integer): self = .integer
        case (.int, .double), (.long, .double): self = .integerToDouble
        case (.int, .float), (.long, .float): self = .integerToFloat
        case (.float, .float): self = .float
        case (.float, .double): self = .floatToDouble
        case (.double, .double): self = .double
        case (.double, .float): self = .doubleToFloat
        case (.string, .text): self = .text
        case (.string, .sign): self = .textToSign
        case (.boolean, .sign): self = .booleanToSign
        case (.int, .sign), (.long, .sign): self = .integerToSign
        default: return nil
        }
    }
}

extension Slot.Content {
    var typeName: String {
        switch self {
        case .double, .float: "a number"
        case .integer: "an integer"
        case .text: "a string"
        case .sign: "a string, boolean or integer"
        }
    }
}

/// The data path's own error: a few trivial words, so that throwing one costs no allocation and the happy path one
/// test.
///
/// It becomes an `AvroError`, with names, where it leaves the decoder.
struct Fault: Error {
    enum Code: UInt8 {
        case truncated, varintTooLong, negativeLength, lengthBeyondEnd, badUnionIndex, badBlockSize, nestingTooDeep
        case tooManyRows, tooManyCalls
        /// A required value is null, or not one that the field can have.
        case nullValue, unknownFilter, notFinite, badText, tooLong, outOfRange
        case trailingBytes
    }

    /// What was being read when the bytes went wrong.
    enum Subject: UInt8 {
        case integer, float, double, boolean, fixed, text, bytes, array, map, union, record, header, block
    }

    var code: Code
    var subject: Subject = .record
    var offset: Int
    /// The length, index or slot concerned.
    var value: Int64 = 0
    /// Remaining bytes, or the number of branches.
    var limit: Int = 0
}

extension Fault.Subject {
    var name: String {
        switch self {
        case .integer: "an integer"
        case .float: "a float"
        case .double: "a double"
        case .boolean: "a boolean"
        case .fixed: "a fixed value"
        case .text: "a string"
        case .bytes: "a byte string"
        case .array: "an array"
        case .map: "a map"
        case .union: "a union"
        case .record: "a record"
        case .header: "the file header"
        case .block: "a block"
        }
    }
}

extension AvroError {
    init(_ fault: Fault) {
        let offset = fault.offset
        let field = Slot(rawValue: UInt8(truncatingIfNeeded: fault.value))?.name ?? "field \(fault.value)"
        switch fault.code {
        case .truncated: self = .truncated(expected: fault.subject.name, offset: offset)
        case .varintTooLong: self = .varintTooLong(offset: offset)
        case .negativeLength: self = .negativeLength(what: fault.subject.name, length: fault.value, offset: offset)
        case .lengthBeyondEnd:
            self = .lengthBeyondEnd(
                what: fault.subject.name, length: fault.value, remaining: fault.limit, offset: offset)
        case .badUnionIndex: self = .badUnionIndex(index: fault.value, branches: fault.limit, offset: offset)
        case .badBlockSize: self = .badBlockSize(offset: offset)
        case .nestingTooDeep: self = .nestingTooDeep(limit: fault.limit, offset: offset)
        case .tooManyRows: self = .tooMany(what: "rows in a message", limit: fault.limit, offset: offset)
        case .tooManyCalls:
            self = .tooMany(what: "nested values, for so few bytes,", limit: fault.limit, offset: offset)
        case .trailingBytes: self = .trailingBytes(count: Int(clamping: fault.value), offset: offset)
        case .nullValue: self = .badValue(field: field, reason: "is null", offset: offset)
        case .unknownFilter:
            self = .badValue(field: field, reason: "names a filter that the survey does not have", offset: offset)
        case .notFinite: self = .badValue(field: field, reason: "is null or not a finite number", offset: offset)
        case .badText: self = .badValue(field: field, reason: "is none of the texts it can be", offset: offset)
        case .tooLong:
            self = .badValue(field: field, reason: "is empty or longer than \(fault.limit) bytes", offset: offset)
        case .outOfRange: self = .badValue(field: field, reason: "is out of range", offset: offset)
        }
    }
}

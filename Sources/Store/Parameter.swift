/// A value bound to `$1`, `$2`, … of a statement.
public struct Parameter {
    enum Storage {
        case null
        /// The value's text form; the server converts it to the type it expects.
        case text(String)
        case bytes([UInt8])
        case array(ArrayColumn)
    }

    let storage: Storage

    private init(_ storage: Storage) {
        self.storage = storage
    }

    public static var null: Parameter { Parameter(.null) }

    public static func integer(_ value: some BinaryInteger) -> Parameter { Parameter(.text(String(value))) }

    /// Text without NUL bytes; a statement given any is refused with `StoreError.configuration`.
    public static func text(_ value: String) -> Parameter { Parameter(.text(value)) }

    public static func bytes(_ value: [UInt8]) -> Parameter { Parameter(.bytes(value)) }

    static func array(_ column: ArrayColumn) -> Parameter { Parameter(.array(column)) }

    static func integerOrNull(_ value: Int64?) -> Parameter { value.map { integer($0) } ?? null }
}

extension Parameter: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self.init(.text(value)) }
    public init(integerLiteral value: Int) { self.init(.text(String(value))) }
}

/// Parameters laid out as libpq wants them.
struct BoundParameters {
    private var scratch: [UInt8] = []
    private var places: [Place] = []

    private enum Place {
        case null
        case scratch(offset: Int, length: Int, format: Int32)
        case array(ArrayColumn)
    }

    init(_ parameters: [Parameter]) throws(StoreError) {
        for parameter in parameters {
            switch parameter.storage {
            case .null:
                places.append(.null)
            case .text(let text):
                let offset = scratch.count
                scratch.append(contentsOf: text.utf8)
                guard !scratch[offset...].contains(0) else {
                    throw .configuration(reason: "a text value holds a NUL character, which PostgreSQL cannot store")
                }
                places.append(.scratch(offset: offset, length: scratch.count - offset, format: 0))
                scratch.append(0)
            case .bytes(let bytes):
                places.append(.scratch(offset: scratch.count, length: bytes.count, format: 1))
                scratch.append(contentsOf: bytes)
                scratch.append(0)
            case .array(let column):
                places.append(.array(column))
            }
        }
    }

    /// Values, lengths and formats as parallel arrays, valid inside `body` only.
    func withPointers<Result>(
        _ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        var values: [UnsafePointer<CChar>?] = []
        var lengths: [Int32] = []
        var formats: [Int32] = []
        // SAFETY: the pointers into `scratch` do not outlive this closure; those of the columns live as long as
        // `places`.
        return try scratch.withUnsafeBufferPointer { (bytes) throws(StoreError) -> Result in
            let start = UnsafeRawPointer(bytes.baseAddress)
            for place in places {
                switch place {
                case .null:
                    values.append(nil)
                    lengths.append(0)
                    formats.append(0)
                case .scratch(let offset, let length, let format):
                    values.append(start?.advanced(by: offset).assumingMemoryBound(to: CChar.self))
                    lengths.append(try Self.checked(length))
                    formats.append(format)
                case .array(let column):
                    let encoded = column.encoded()
                    values.append(encoded.baseAddress?.assumingMemoryBound(to: CChar.self))
                    lengths.append(try Self.checked(encoded.count))
                    formats.append(1)
                }
            }
            return try body(values, lengths, formats)
        }
    }

    // A message of the protocol holds less than 1 GiB.
    private static func checked(_ length: Int) throws(StoreError) -> Int32 {
        guard length < 1 << 30, let length = Int32(exactly: length) else {
            throw .invalidBatch(reason: "a parameter of \(length) bytes is too large; write smaller batches")
        }
        return length
    }
}

public import Foundation

/// A safetensors file in memory: an 8-byte little-endian header length, a JSON header, then raw tensors.
///
/// Everything is checked when the file is opened (every offset, duplicate keys, overlapping tensors), so reading a
/// tensor cannot run past its end. Holes between tensors are tolerated. Format:
/// https://huggingface.co/docs/safetensors.
public struct Safetensors: Sendable {
    public enum ElementType: String, Sendable {
        case float64 = "F64"
        case float32 = "F32"
        case int64 = "I64"
        case int32 = "I32"
        case int16 = "I16"
        case int8 = "I8"
        case uint8 = "U8"

        public var byteCount: Int {
            switch self {
            case .float64, .int64: 8
            case .float32, .int32: 4
            case .int16: 2
            case .int8, .uint8: 1
            }
        }
    }

    public struct Entry: Sendable {
        public var type: ElementType
        public var shape: [Int]
        /// Bytes of the tensor, counted from the end of the header.
        public var range: Range<Int>
    }

    /// The longest header that the format's own reader accepts, bytes.
    static let maximumHeaderCount = 100_000_000

    public let entries: [String: Entry]
    public let metadata: [String: String]
    private let name: String
    let contents: Data
    /// Bytes before the first tensor.
    let tensorStart: Int

    /// Maps and checks a file; the error names the file and what is wrong with it.
    public init(contentsOf path: String) throws(ModelFileError) {
        try self.init(MappedFile.open(path), name: path)
    }

    /// Checks a file's bytes; `name` is what errors call it.
    public init(_ contents: Data, name: String) throws(ModelFileError) {
        let bytes = try Self.headerBytes(contents, name: name)
        let header = try SafetensorsHeader(parsing: bytes, path: name)
        let start = 8 + bytes.count
        var entries: [String: Entry] = [:]
        for (key, tensor) in header.tensors {
            entries[key] = try Self.entry(key, tensor, tensorBytes: contents.count - start, name: name)
        }
        try Self.refuseOverlaps(entries, name: name)
        self.entries = entries
        self.metadata = header.metadata
        self.name = name
        self.contents = contents
        tensorStart = start
    }

    private static func headerBytes(_ contents: Data, name: String) throws(ModelFileError) -> [UInt8] {
        guard contents.count >= 8 else { throw .damaged(path: name, reason: "shorter than its 8-byte header length") }
        let length = contents.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard length <= UInt64(contents.count - 8), length <= UInt64(maximumHeaderCount) else {
            throw .damaged(path: name, reason: "header length \(length) exceeds the file's \(contents.count) bytes")
        }
        return contents.withUnsafeBytes { [UInt8]($0[8..<(8 + Int(length))]) }
    }

    private static func entry(
        _ key: String, _ tensor: SafetensorsHeader.Tensor, tensorBytes: Int, name: String
    ) throws(ModelFileError) -> Entry {
        func damaged(_ reason: String) -> ModelFileError { .damaged(path: name, reason: "tensor \(key) \(reason)") }
        guard let typeName = tensor.typeName, let shape = tensor.shape, let offsets = tensor.offsets, offsets.count == 2
        else { throw damaged("lacks dtype, shape or data_offsets") }
        guard let type = ElementType(rawValue: typeName) else { throw damaged("has unknown dtype \(typeName)") }
        var byteCount = type.byteCount
        for extent in shape {
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw damaged("has an impossible shape \(shape)") }
            byteCount = product
        }
        guard offsets[1] >= offsets[0], offsets[1] <= tensorBytes, offsets[1] - offsets[0] == byteCount else {
            throw damaged("of \(byteCount) bytes lies at \(offsets), outside the file or of another size")
        }
        return Entry(type: type, shape: shape, range: offsets[0]..<offsets[1])
    }

    private static func refuseOverlaps(_ entries: [String: Entry], name: String) throws(ModelFileError) {
        let sorted = entries.filter { !$0.value.range.isEmpty }.sorted {
            $0.value.range.lowerBound < $1.value.range.lowerBound
        }
        for (first, second) in zip(sorted, sorted.dropFirst())
        where second.value.range.lowerBound < first.value.range.upperBound {
            throw .damaged(path: name, reason: "tensors \(first.key) and \(second.key) overlap")
        }
    }

    /// A tensor's values in row-major order, copied; an error if they are stored in another type than asked for.
    public func values<Number: SafetensorsNumber>(
        _ name: String, as _: Number.Type = Number.self
    ) throws(ModelFileError) -> [Number] {
        let entry = try entry(name, of: Number.self)
        return contents.withUnsafeBytes { bytes in
            let raw = bytes[(tensorStart + entry.range.lowerBound)..<(tensorStart + entry.range.upperBound)]
            return [Number](unsafeUninitializedCapacity: raw.count / MemoryLayout<Number>.size) { buffer, count in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(rebasing: raw))
                count = buffer.count
            }
        }
    }

    /// A tensor's values in row-major order where they lie in the file; the buffer is valid inside `body` only.
    ///
    /// The tensor must be aligned to its element in memory, as all of a mapped `.apus` file are; otherwise `damaged`.
    public func withValues<Number: SafetensorsNumber, Result>(
        _ name: String, as _: Number.Type, _ body: (UnsafeBufferPointer<Number>) -> Result
    ) throws(ModelFileError) -> Result {
        let entry = try entry(name, of: Number.self)
        let result: Result? = contents.withUnsafeBytes { bytes in
            let range = (tensorStart + entry.range.lowerBound)..<(tensorStart + entry.range.upperBound)
            let raw = UnsafeRawBufferPointer(rebasing: bytes[range])
            guard let base = raw.baseAddress, !raw.isEmpty else {
                return body(UnsafeBufferPointer(start: nil, count: 0))
            }
            guard Int(bitPattern: base) % MemoryLayout<Number>.alignment == 0 else { return nil }
            // SAFETY: inside the file (checked when it was opened), aligned, and any bits are a value of a number type.
            return body(raw.assumingMemoryBound(to: Number.self))
        }
        guard let result else {
            throw .damaged(path: self.name, reason: "tensor \(name) is not aligned for use in place")
        }
        return result
    }

    private func entry<Number: SafetensorsNumber>(_ name: String, of _: Number.Type) throws(ModelFileError) -> Entry {
        guard let entry = entries[name] else { throw .missingTensor(name: name) }
        guard entry.type == Number.elementType else {
            throw .tensorMismatch(name: name, expected: Number.elementType.rawValue, found: entry.type.rawValue)
        }
        return entry
    }
}

/// A number that safetensors can hold; the machine must be little-endian, as every Swift server platform is.
public protocol SafetensorsNumber: BitwiseCopyable {
    static var elementType: Safetensors.ElementType { get }
}

extension Double: SafetensorsNumber { public static var elementType: Safetensors.ElementType { .float64 } }
extension Float: SafetensorsNumber { public static var elementType: Safetensors.ElementType { .float32 } }
extension Int64: SafetensorsNumber { public static var elementType: Safetensors.ElementType { .int64 } }
extension Int32: SafetensorsNumber { public static var elementType: Safetensors.ElementType { .int32 } }
extension Int16: SafetensorsNumber { public static var elementType: Safetensors.ElementType { .int16 } }
extension Int8: SafetensorsNumber { public static var elementType: Safetensors.ElementType { .int8 } }
extension UInt8: SafetensorsNumber { public static var elementType: Safetensors.ElementType { .uint8 } }

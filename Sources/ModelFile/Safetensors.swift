public import Foundation

/// A safetensors file in memory: an 8-byte little-endian header length, a JSON header, then raw tensors.
///
/// Every offset is checked when the file is opened, so reading a tensor cannot run past its end.
/// Format: https://huggingface.co/docs/safetensors.
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

    public let entries: [String: Entry]
    public let metadata: [String: String]
    private let contents: Data
    private let tensorStart: Int

    /// Reads and checks a file; the error names the file and what is wrong with it.
    public init(contentsOf path: String) throws(ModelFileError) {
        let contents: Data
        do {
            contents = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
        try self.init(contents, name: path)
    }

    public init(_ contents: Data, name: String) throws(ModelFileError) {
        func damaged(_ reason: String) -> ModelFileError { .damaged(path: name, reason: reason) }
        guard contents.count >= 8 else { throw damaged("shorter than its 8-byte header length") }
        let headerLength = contents.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard headerLength <= UInt64(contents.count - 8) else {
            throw damaged("header length \(headerLength) exceeds the file's \(contents.count) bytes")
        }
        let start = 8 + Int(headerLength)
        let header: Any
        do {
            header = try JSONSerialization.jsonObject(with: contents.subdata(in: 8..<start))
        } catch {
            throw damaged("header is not JSON")
        }
        guard let object = header as? [String: Any] else { throw damaged("header is not a JSON object") }
        var entries: [String: Entry] = [:]
        var metadata: [String: String] = [:]
        for (key, value) in object {
            if key == "__metadata__" {
                guard let strings = value as? [String: String] else { throw damaged("__metadata__ is not a map of strings") }
                metadata = strings
                continue
            }
            guard let fields = value as? [String: Any], let typeName = fields["dtype"] as? String,
                let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int], offsets.count == 2
            else { throw damaged("tensor \(key) lacks dtype, shape or data_offsets") }
            guard let type = ElementType(rawValue: typeName) else { throw damaged("tensor \(key) has unknown dtype \(typeName)") }
            var byteCount = type.byteCount
            for extent in shape {
                let (product, overflow) = byteCount.multipliedReportingOverflow(by: extent)
                guard extent >= 0, !overflow else { throw damaged("tensor \(key) has an impossible shape \(shape)") }
                byteCount = product
            }
            guard offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] <= contents.count - start,
                offsets[1] - offsets[0] == byteCount
            else { throw damaged("tensor \(key) of \(byteCount) bytes lies at \(offsets), outside the file or of another size") }
            entries[key] = Entry(type: type, shape: shape, range: offsets[0]..<offsets[1])
        }
        self.entries = entries
        self.metadata = metadata
        self.contents = contents
        tensorStart = start
    }

    /// A tensor's values in row-major order, whatever numeric type they are stored in.
    public func values<Number: SafetensorsNumber>(_ name: String, as _: Number.Type = Number.self) throws(ModelFileError) -> [Number] {
        guard let entry = entries[name] else { throw .missingTensor(name: name) }
        guard entry.type == Number.elementType else {
            throw .tensorMismatch(name: name, expected: Number.elementType.rawValue, found: entry.type.rawValue)
        }
        return contents.withUnsafeBytes { bytes in
            let raw = UnsafeRawBufferPointer(rebasing: bytes[(tensorStart + entry.range.lowerBound)..<(tensorStart + entry.range.upperBound)])
            return [Number](unsafeUninitializedCapacity: raw.count / MemoryLayout<Number>.size) { buffer, count in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(from: raw)
                count = buffer.count
            }
        }
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

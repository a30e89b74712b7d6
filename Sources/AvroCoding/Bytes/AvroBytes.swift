/// Writes Avro's primitive encodings.
extension [UInt8] {
    /// A zigzag variable-length integer.
    mutating func appendInteger(_ value: Int64) {
        var bits = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        while bits >= 0x80 {
            append(UInt8(truncatingIfNeeded: bits) | 0x80)
            bits >>= 7
        }
        append(UInt8(bits))
    }

    mutating func appendFloat(_ value: Float) {
        Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { append(contentsOf: $0) }
    }

    mutating func appendDouble(_ value: Double) {
        Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { append(contentsOf: $0) }
    }

    mutating func appendText(_ text: String) {
        appendInteger(Int64(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    /// A float in a union of float and null; NaN is null.
    mutating func appendOptionalFloat(_ value: Float) {
        appendInteger(value.isNaN ? 1 : 0)
        if !value.isNaN { appendFloat(value) }
    }
}

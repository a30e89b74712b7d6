/// A named array of weights in memory, on its way into a model file.
public struct ModelTensor: Equatable, Sendable {
    public enum Values: Equatable, Sendable {
        case float32([Float])
        case int8([Int8])

        public var count: Int {
            switch self {
            case .float32(let values): values.count
            case .int8(let values): values.count
            }
        }

        var type: Safetensors.ElementType {
            switch self {
            case .float32: .float32
            case .int8: .int8
            }
        }
    }

    public var name: String
    /// Row-major; kernels are [in, out].
    public var shape: [Int]
    public var values: Values

    public init(_ name: String, shape: [Int], _ values: Values) {
        self.name = name
        self.shape = shape
        self.values = values
    }
}

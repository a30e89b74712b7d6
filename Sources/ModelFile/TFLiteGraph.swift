/// The first subgraph of a `.tflite` file as arrays: tensors and operators, each operator after those it depends on.
///
/// Field numbers, operator codes and type codes are those of TensorFlow Lite's schema, version 3
/// (tensorflow/lite/schema/schema.fbs).
struct TFLiteGraph: Sendable {
    struct Tensor: Sendable {
        var shape: [Int]
        var type: UInt8
        /// Bytes of a constant's values; empty for what is computed.
        var data: Range<Int>
        var quantisation: FlatBuffer.Table?
    }

    struct Operator: Sendable {
        var code: Code
        var inputs: [Int]
        var outputs: [Int]
        var options: FlatBuffer.Table?
    }

    /// The operators of which a network of the family is made; all others are only passed by.
    enum Code: Int, Sendable {
        case add = 0
        case conv2D = 3
        case fullyConnected = 9
        case mul = 18
        case reshape = 22
        case softmax = 25
        case transpose = 39
        case mean = 40
        case sub = 41
        case squeeze = 43
        case expandDims = 70
        case rsqrt = 76
        case squaredDifference = 99
        case batchMatMul = 126
        case other = -1
    }

    static let identifier = Array("TFL3".utf8)
    static let float32: UInt8 = 0
    static let int32: UInt8 = 2
    static let int8: UInt8 = 9
    // Far above what any network has; they keep a damaged file from costing more than its size.
    private static let maximumRank = 8
    private static let maximumArity = 64

    let buffer: FlatBuffer
    let tensors: [Tensor]
    let operators: [Operator]
    let inputs: [Int]
    let outputs: [Int]
    /// For each tensor the operator that computes it.
    private(set) var producers: [Int?]

    init(_ bytes: [UInt8], path: String) throws(ModelFileError) {
        let buffer = FlatBuffer(bytes: bytes, path: path)
        guard bytes.count >= 8, Array(bytes[4..<8]) == Self.identifier else {
            throw buffer.damaged("no TFL3 identifier at byte 4")
        }
        let model = try buffer.root()
        guard let subgraph = try buffer.tables(2, in: model).first else { throw buffer.damaged("it has no subgraph") }
        self.buffer = buffer
        tensors = try Self.tensors(of: subgraph, in: model, buffer)
        operators = try Self.operators(of: subgraph, in: model, buffer)
        inputs = try Self.indices(1, subgraph, buffer)
        outputs = try Self.indices(2, subgraph, buffer)
        producers = Array(repeating: nil, count: tensors.count)
        try connect()
    }

    private static func tensors(
        of subgraph: FlatBuffer.Table, in model: FlatBuffer.Table, _ buffer: FlatBuffer
    ) throws(ModelFileError) -> [Tensor] {
        let buffers = try buffer.tables(4, in: model)
        var tensors: [Tensor] = []
        for table in try buffer.tables(0, in: subgraph) {
            let shape = try buffer.numbers(0, in: table, as: Int32.self, maximumCount: maximumRank)
            let index = Int(try buffer.scalar(2, in: table, default: UInt32(0)))
            guard index < buffers.count else {
                throw buffer.damaged("a tensor refers to buffer \(index) of \(buffers.count)")
            }
            tensors.append(
                Tensor(
                    shape: shape.map(Int.init), type: try buffer.scalar(1, in: table, default: UInt8(0)),
                    data: try buffer.vector(0, in: buffers[index], elementCount: 1),
                    quantisation: try buffer.table(4, in: table)))
        }
        return tensors
    }

    private static func operators(
        of subgraph: FlatBuffer.Table, in model: FlatBuffer.Table, _ buffer: FlatBuffer
    ) throws(ModelFileError) -> [Operator] {
        let codes = try buffer.tables(1, in: model)
        var operators: [Operator] = []
        for table in try buffer.tables(3, in: subgraph) {
            let index = Int(try buffer.scalar(0, in: table, default: UInt32(0)))
            guard index < codes.count else { throw buffer.damaged("an operator has code \(index) of \(codes.count)") }
            // Files from before 2020 have the code in a byte, later ones in both places up to 127.
            let byte = Int(try buffer.scalar(0, in: codes[index], default: Int8(0)))
            let word = Int(try buffer.scalar(3, in: codes[index], default: Int32(0)))
            operators.append(
                Operator(
                    code: Code(rawValue: max(byte, word)) ?? .other, inputs: try indices(1, table, buffer),
                    outputs: try indices(2, table, buffer), options: try buffer.table(4, in: table)))
        }
        return operators
    }

    private static func indices(
        _ field: Int, _ table: FlatBuffer.Table, _ buffer: FlatBuffer
    ) throws(ModelFileError) -> [Int] {
        try buffer.numbers(field, in: table, as: Int32.self, maximumCount: maximumArity).map(Int.init)
    }

    /// Notes who computes what, and refuses a graph that is not in order of execution: following it backwards then
    /// always ends.
    private mutating func connect() throws(ModelFileError) {
        var consumed = Array(repeating: false, count: tensors.count)
        for (index, operation) in operators.enumerated() {
            for input in operation.inputs where input != -1 {
                guard tensors.indices.contains(input) else {
                    throw buffer.damaged("operator \(index) reads tensor \(input)")
                }
                consumed[input] = true
            }
            for output in operation.outputs {
                guard tensors.indices.contains(output), producers[output] == nil, !consumed[output] else {
                    throw buffer.damaged("operator \(index) writes tensor \(output), which is not free")
                }
                producers[output] = index
            }
        }
        guard (inputs + outputs).allSatisfy(tensors.indices.contains) else {
            throw buffer.damaged("the graph's input or output is not one of its tensors")
        }
    }
}

// MARK: - Constants

extension TFLiteGraph {
    func isConstant(_ tensor: Int) -> Bool { !tensors[tensor].data.isEmpty && producers[tensor] == nil }

    /// A constant's values; the count must be that of its shape.
    func floats(_ tensor: Int) throws(ModelFileError) -> [Float] {
        let range = try data(tensor, type: Self.float32, width: 4)
        var values: [Float] = []
        values.reserveCapacity(range.count / 4)
        for position in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
            values.append(Float(bitPattern: try buffer.number(UInt32.self, at: position)))
        }
        return values
    }

    func int32s(_ tensor: Int) throws(ModelFileError) -> [Int] {
        let range = try data(tensor, type: Self.int32, width: 4)
        var values: [Int] = []
        for position in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
            values.append(Int(try buffer.number(Int32.self, at: position)))
        }
        return values
    }

    func int8s(_ tensor: Int) throws(ModelFileError) -> [Int8] {
        try data(tensor, type: Self.int8, width: 1).map { Int8(bitPattern: buffer.bytes[$0]) }
    }

    private func data(_ tensor: Int, type: UInt8, width: Int) throws(ModelFileError) -> Range<Int> {
        let found = tensors[tensor]
        var byteCount = width
        for extent in found.shape {
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { throw buffer.damaged("tensor \(tensor) has shape \(found.shape)") }
            byteCount = product
        }
        guard found.type == type, found.data.count == byteCount else {
            throw buffer.damaged(
                "tensor \(tensor) of type \(found.type), shape \(found.shape) has \(found.data.count) bytes")
        }
        return found.data
    }

    /// The scales of an int8 constant, which must be symmetric: one, or one per entry of its first dimension.
    func scales(_ tensor: Int) throws(ModelFileError) -> [Float] {
        let shape = tensors[tensor].shape
        guard let table = tensors[tensor].quantisation, let outputs = shape.first else {
            throw buffer.damaged("int8 tensor \(tensor) has no scale")
        }
        let maximum = Architecture.maximumExtent
        let scales = try buffer.numbers(2, in: table, as: UInt32.self, maximumCount: maximum).map(
            Float.init(bitPattern:))
        let zeros = try buffer.numbers(3, in: table, as: Int64.self, maximumCount: maximum)
        let dimension = try buffer.scalar(6, in: table, default: Int32(0))
        guard scales.count == 1 || scales.count == outputs && dimension == 0 else {
            throw buffer.damaged("int8 tensor \(tensor) of shape \(shape) has \(scales.count) scales")
        }
        guard zeros.allSatisfy({ $0 == 0 }) else {
            throw .unsupportedNetwork(
                path: buffer.path, reason: "int8 tensor \(tensor) is not symmetric: zero point \(zeros)")
        }
        return scales
    }
}

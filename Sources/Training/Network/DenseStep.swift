/// y = x K + b, and its way back.
enum DenseStep<R: Real> {
    typealias Pointer = UnsafeMutablePointer<R>

    /// x (rows, inputs) to y (rows, outputs); ReLU on request.
    static func forward(
        _ x: Pointer, rows: Int, _ layer: ParameterLayout.Dense, _ parameters: UnsafePointer<R>, relu: Bool, into y: Pointer
    ) {
        let bias = parameters + layer.bias
        for row in 0..<rows { (y + row * layer.outputs).update(from: bias, count: layer.outputs) }
        R.multiply(
            MatrixView(x, stride: layer.inputs), MatrixView(parameters + layer.kernel, stride: layer.outputs), rows: rows,
            inner: layer.inputs, columns: layer.outputs, addingTo: 1, y, stride: layer.outputs)
        guard relu else { return }
        for index in 0..<rows * layer.outputs { y[index] = max(y[index], 0) }
    }

    /// Adds to `gradient` what dy (rows, outputs) says of kernel and bias, and writes dx (rows, inputs) unless it is nil.
    ///
    /// With ReLU, `y` is the step's output, and dy is changed to what it is before the ReLU.
    static func backward(
        _ dy: Pointer, from x: Pointer, rows: Int, _ layer: ParameterLayout.Dense, _ parameters: UnsafePointer<R>,
        reluOutput y: Pointer? = nil, gradient: Pointer, into dx: Pointer?, addingTo beta: R = 0
    ) {
        let count = rows * layer.outputs
        if let y {
            for index in 0..<count where y[index] <= 0 { dy[index] = 0 }
        }
        let bias = gradient + layer.bias
        for row in 0..<rows {
            let values = dy + row * layer.outputs
            for column in 0..<layer.outputs { bias[column] += values[column] }
        }
        R.multiply(
            MatrixView(x, stride: layer.inputs, transposed: true), MatrixView(dy, stride: layer.outputs), rows: layer.inputs,
            inner: rows, columns: layer.outputs, addingTo: 1, gradient + layer.kernel, stride: layer.outputs)
        guard let dx else { return }
        R.multiply(
            MatrixView(dy, stride: layer.outputs),
            MatrixView(parameters + layer.kernel, stride: layer.outputs, transposed: true), rows: rows,
            inner: layer.outputs, columns: layer.inputs, addingTo: beta, dx, stride: layer.inputs)
    }
}

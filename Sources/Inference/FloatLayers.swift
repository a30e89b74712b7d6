import CKernels
import ModelFile

extension apus_float_dense {
    /// A layer with its outputs padded to 16; its inputs may lie further apart: `place` says at which input of the kernel's
    /// rows each of the model's lies.
    init(
        _ name: String, inputs: Int, outputs: Int, relu: Bool, paddedInputs: Int? = nil,
        place: (Int) -> Int = { $0 }, of model: Model, _ memory: AlignedMemory
    ) throws(ModelFileError) {
        let rows = paddedInputs ?? inputs
        let values = try model.floats("\(name).kernel")
        let kernel = memory.floats(rows * outputs.padded)
        for k in 0..<inputs {
            for n in 0..<outputs { kernel[place(k) * outputs.padded + n] = values[k * outputs + n] }
        }
        self.init(
            inputs: Int32(rows), outputs: Int32(outputs.padded), relu: relu ? 1 : 0, kernel: kernel,
            bias: memory.floats(try model.floats("\(name).bias"), padded: outputs.padded))
    }

    /// Layers on the same inputs in one product: the outputs of each after those of the one before.
    init(
        joining names: [String], inputs: Int, outputs: Int, of model: Model, _ memory: AlignedMemory
    ) throws(ModelFileError) {
        let width = (names.count * outputs).padded
        let (kernel, bias) = (memory.floats(inputs * width), memory.floats(width))
        for (index, name) in names.enumerated() {
            let (values, own) = (try model.floats("\(name).kernel"), try model.floats("\(name).bias"))
            for n in 0..<outputs {
                bias[index * outputs + n] = own[n]
                for k in 0..<inputs { kernel[k * width + index * outputs + n] = values[k * outputs + n] }
            }
        }
        self.init(inputs: Int32(inputs), outputs: Int32(width), relu: 0, kernel: kernel, bias: bias)
    }
}

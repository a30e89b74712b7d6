/// Memory for vectors: every block begins at a multiple of 64 bytes, is zero at first, has 64 readable bytes behind it and lives
/// as long as this.
final class AlignedMemory {
    private var blocks: [UnsafeMutableRawPointer] = []

    func bytes(_ count: Int) -> UnsafeMutableRawPointer {
        // SAFETY: set to zero before any use, freed once, in deinit.
        let block = UnsafeMutableRawPointer.allocate(byteCount: count + 64, alignment: 64)
        block.initializeMemory(as: UInt8.self, repeating: 0, count: count + 64)
        blocks.append(block)
        return block
    }

    func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        bytes(count * 4).bindMemory(to: Float.self, capacity: count)
    }

    func integers(_ count: Int) -> UnsafeMutablePointer<Int32> {
        bytes(count * 4).bindMemory(to: Int32.self, capacity: count)
    }

    /// The values, then zeros up to `count`.
    func floats(_ values: [Float], padded count: Int) -> UnsafeMutablePointer<Float> {
        let block = floats(count)
        block.update(from: values, count: values.count)
        return block
    }

    deinit {
        for block in blocks { block.deallocate() }
    }
}

extension Int {
    /// Rounded up to a multiple of 16, which rows of all buffers of kernels are.
    var padded: Int { (self + 15) / 16 * 16 }
}

import Alerts

/// Dropout with its own stream of random bits, so that a run can be repeated on any number of threads.
struct Dropout<R: Real> {
    let rate: Double
    private var random: SplitMix64

    /// No dropout: what evaluation uses.
    static var none: Dropout { Dropout(rate: 0, seed: 0) }

    init(rate: Double, seed: UInt64) {
        self.rate = rate
        random = SplitMix64(seed: seed)
    }

    /// Fills `mask` with 0 or 1 / (1 - rate) and multiplies `x` by it.
    mutating func apply(to x: UnsafeMutablePointer<R>, mask: UnsafeMutablePointer<R>, count: Int) {
        guard rate > 0 else { return }
        let kept = R(1 / (1 - rate))
        let threshold = UInt64(rate * 65536)
        var bits: UInt64 = 0
        for index in 0..<count {
            // Sixteen bits decide one element.
            if index % 4 == 0 { bits = random.next() }
            mask[index] = bits & 0xffff < threshold ? 0 : kept
            bits >>= 16
            x[index] *= mask[index]
        }
    }

    /// Takes a gradient back through a mask.
    func backward(_ dx: UnsafeMutablePointer<R>, mask: UnsafePointer<R>, count: Int) {
        guard rate > 0 else { return }
        for index in 0..<count { dx[index] *= mask[index] }
    }
}

/// Waiting times between attempts: doubling from `firstMs` to `longestMs`, each shortened at random by up to a half.
///
/// The jitter keeps instances that lost one database from coming back all at once; its seed is explicit.
package struct Backoff {
    let firstMs: Int
    let longestMs: Int
    private var attempts = 0
    private var state: UInt64

    package init(firstMs: Int = 50, longestMs: Int = 5000, seed: UInt64) {
        self.firstMs = firstMs
        self.longestMs = longestMs
        state = seed
    }

    package mutating func reset() {
        attempts = 0
    }

    package mutating func nextDelayMs() -> Int {
        let ceiling = min(longestMs, firstMs << min(attempts, 16))
        attempts += 1
        // SplitMix64 (Steele, Lea, Flood 2014).
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return ceiling - Int(mixed % UInt64(ceiling / 2 + 1))
    }
}

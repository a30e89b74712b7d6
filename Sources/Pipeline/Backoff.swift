import Alerts

/// Waiting times between attempts: doubling from `firstMs` to `longestMs`, each shortened at random by up to a half.
///
/// The jitter keeps instances that lost one database from coming back all at once; its seed is explicit.
package struct Backoff {
    let firstMs: Int
    let longestMs: Int
    private var attempts = 0
    private var random: SplitMix64

    package init(firstMs: Int = 50, longestMs: Int = 5000, seed: UInt64) {
        self.firstMs = firstMs
        self.longestMs = longestMs
        random = SplitMix64(seed: seed)
    }

    package mutating func reset() {
        attempts = 0
    }

    package mutating func nextDelayMs() -> Int {
        let ceiling = min(longestMs, firstMs << min(attempts, 16))
        attempts += 1
        return ceiling - Int(random.next() % UInt64(ceiling / 2 + 1))
    }
}

import Alerts

extension SplitMix64 {
    /// A number from 0 to `bound` - 1; 0 where the bound is 0.
    mutating func below(_ bound: Int) -> Int {
        bound <= 0 ? 0 : Int(next() % UInt64(bound))
    }

    /// A place in a record: half of the time anywhere, else near the start, since most of a packet is cut-outs that are
    /// skipped.
    mutating func place(in count: Int) -> Int {
        below(2) == 0 ? below(count) : below(min(count, 64 << below(8)))
    }
}

import Alerts

/// Damages bytes in the ways that decoders fall for.
struct Mutator {
    enum Kind: String, CaseIterable {
        case bitFlip, byteSet, lengthInflation, truncation, blockSwap, varintExtreme, deletion, duplication
    }

    private static let extremes: [[UInt8]] = [
        [0x01], [0x80, 0x00], [0xfe, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0xff, 0x0f],
        [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
    ]

    /// Applies one to four mutations.
    static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) -> Kind {
        var kind = Kind.bitFlip
        for _ in 0...random.below(4) {
            kind = Kind.allCases[random.below(Kind.allCases.count)]
            apply(kind, to: &bytes, &random)
        }
        return kind
    }

    private static func apply(_ kind: Kind, to bytes: inout [UInt8], _ random: inout SplitMix64) {
        guard bytes.count > 1 else { return bytes.append(UInt8(truncatingIfNeeded: random.next())) }
        let place = random.place(in: bytes.count)
        switch kind {
        case .bitFlip: bytes[place] ^= 1 << random.below(8)
        case .byteSet: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case .lengthInflation:
            // A byte below 0x80 that grows by a continuation: where it was a length, it claims more than there is.
            bytes[place] |= 0x80
            bytes.insert(UInt8(random.below(128)), at: min(place + 1, bytes.count))
        case .truncation: bytes.removeSubrange(place...)
        case .blockSwap:
            let count = random.below(64)
            let other = random.place(in: bytes.count)
            guard max(place, other) + count <= bytes.count else { return }
            for index in 0..<count { bytes.swapAt(place + index, other + index) }
        case .varintExtreme:
            let extreme = extremes[random.below(extremes.count)]
            bytes.replaceSubrange(place..<min(place + random.below(3), bytes.count), with: extreme)
        case .deletion: bytes.removeSubrange(place..<min(place + 1 + random.below(16), bytes.count))
        case .duplication:
            bytes.insert(contentsOf: bytes[place..<min(place + 1 + random.below(64), bytes.count)], at: place)
        }
    }
}

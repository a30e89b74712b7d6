/// Damages a stated part of the packets, so that a consumer's handling of bad records can be rehearsed.
///
/// Every damaged packet is one that no correct decoder accepts: a flipped bit lands in the framing, never in a value,
/// where it would go unseen. What happens to message k depends on the seed and on k only.
public struct PacketDamage: Sendable {
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// Cut off somewhere.
        case truncated = 0
        /// One bit of the framing flipped: the closing sync marker of a container, the schema id of a Confluent frame.
        case bitFlipped
        /// No bytes at all.
        case empty
        /// Text from something that is not an alert producer.
        case notAvro
        /// Right but for its first bytes.
        case wrongMagic

        public var label: String {
            switch self {
            case .truncated: "truncated"
            case .bitFlipped: "bit-flipped"
            case .empty: "empty"
            case .notAvro: "not-avro"
            case .wrongMagic: "wrong-magic"
            }
        }
    }

    /// Messages damaged so far, in the order of `Kind.allCases`.
    public private(set) var counts = Array(repeating: 0, count: Kind.allCases.count)
    private let seed: UInt64
    private let fraction: Double
    private var position: UInt64 = 0

    private static let containerMagic = Array("Obj\u{1}".utf8)
    private static let syncLength = 16
    private static let frameLength = 5

    public init(seed: UInt64, fraction: Double) {
        self.seed = seed
        self.fraction = fraction
    }

    public var damagedCount: Int { counts.reduce(0, +) }

    public func count(of kind: Kind) -> Int { counts[Int(kind.rawValue)] }

    /// Damages the next message, or leaves it as it is; says what was done to it.
    public mutating func apply(to message: inout [UInt8]) -> Kind? {
        // A generator a message: what one message needs never shifts what befalls the next.
        var generator = SeededGenerator(seed: seed, stream: position)
        position += 1
        guard generator.chance(fraction) else { return nil }
        let kind = Kind.allCases[generator.integer(below: Kind.allCases.count)]
        switch kind {
        case .truncated: truncate(&message, using: &generator)
        case .bitFlipped: flipBit(&message, using: &generator)
        case .empty: message.removeAll(keepingCapacity: true)
        case .notAvro: replace(&message, using: &generator)
        case .wrongMagic: spoilMagic(&message, using: &generator)
        }
        counts[Int(kind.rawValue)] += 1
        return kind
    }

    private func isContainer(_ message: [UInt8]) -> Bool {
        message.starts(with: Self.containerMagic) && message.count > 2 * Self.syncLength
    }

    private func truncate(_ message: inout [UInt8], using generator: inout SeededGenerator) {
        var length = generator.integer(below: message.count)
        // A container cut right behind its header, that is behind the first sync marker, is a valid one without
        // records.
        if isContainer(message), length >= Self.syncLength, length < message.count,
            message[(length - Self.syncLength)..<length].elementsEqual(message.suffix(Self.syncLength))
        {
            length -= 1
        }
        message.removeLast(message.count - length)
    }

    private func flipBit(_ message: inout [UInt8], using generator: inout SeededGenerator) {
        guard !message.isEmpty else { return }
        let index: Int
        if isContainer(message) {
            index = message.count - 1 - generator.integer(below: Self.syncLength)
        } else {
            // The upper half of the schema id: ids in use are small numbers, so the flipped one is unknown.
            index = message.count > Self.frameLength ? 1 + generator.integer(below: 2) : 0
        }
        message[index] ^= 1 << UInt8(generator.integer(below: 8))
    }

    private func replace(_ message: inout [UInt8], using generator: inout SeededGenerator) {
        let length = 16 + generator.integer(below: 240)
        message.removeAll(keepingCapacity: true)
        message.append(contentsOf: "not an alert: ".utf8)
        for _ in 0..<length { message.append(UInt8(ascii: "a") + UInt8(generator.integer(below: 26))) }
    }

    private func spoilMagic(_ message: inout [UInt8], using generator: inout SeededGenerator) {
        guard !message.isEmpty else { return }
        // Neither "O" nor the zero byte of a Confluent frame.
        message[0] = UInt8(ascii: "P") + UInt8(generator.integer(below: 10))
        if message.count > 3 { message[3] = UInt8(2 + generator.integer(below: 200)) }
    }
}

import Testing
import Workload

@Suite("Packet damage")
struct PacketDamageTests {
    /// Looks like a container: magic, a header, sync, a block, sync.
    static let container: [UInt8] =
        Array("Obj\u{1}".utf8) + Array(repeating: 7, count: 40) + Array(100..<116)
        + Array(repeating: 9, count: 60) + Array(100..<116)
    static let frame: [UInt8] = [0, 0, 0, 3, 133] + Array(repeating: 5, count: 50)

    @Test("a fraction of 0 leaves every packet alone")
    func nothing() {
        var damage = PacketDamage(seed: 1, fraction: 0)
        for _ in 0..<1_000 {
            var message = Self.container
            #expect(damage.apply(to: &message) == nil)
            #expect(message == Self.container)
        }
        #expect(damage.damagedCount == 0)
    }

    @Test("the stated part of the packets is damaged, in every kind", arguments: [0.01, 0.2, 1.0])
    func rate(fraction: Double) {
        var damage = PacketDamage(seed: 5, fraction: fraction)
        let total = 20_000
        for _ in 0..<total {
            var message = Self.container
            _ = damage.apply(to: &message)
        }
        let expected = fraction * Double(total)
        let tolerance = 4 * (expected * (1 - fraction)).squareRoot()
        #expect(abs(Double(damage.damagedCount) - expected) <= tolerance)
        for kind in PacketDamage.Kind.allCases {
            let share = expected / Double(PacketDamage.Kind.allCases.count)
            #expect(abs(Double(damage.count(of: kind)) - share) <= 4 * share.squareRoot())
        }
    }

    @Test("every damaged packet differs and is recognisably of its kind", arguments: [container, frame])
    func kinds(original: [UInt8]) {
        var damage = PacketDamage(seed: 6, fraction: 1)
        for _ in 0..<2_000 {
            var message = original
            let kind = damage.apply(to: &message)
            #expect(message != original)
            switch kind {
            case .truncated:
                #expect(original.starts(with: message))
                // Behind its header a container would be a valid one without records.
                #expect(original != Self.container || message.count != 60)
            case .bitFlipped:
                #expect(zip(message, original).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount } == 1)
            case .empty: #expect(message.isEmpty)
            case .notAvro: #expect(message.starts(with: Array("not an alert".utf8)))
            case .wrongMagic:
                #expect(message.count == original.count)
                #expect(message[0] != original[0])
            case nil: Issue.record("nothing was damaged")
            }
        }
    }

    @Test("damage follows the seed and the message's number")
    func reproducible() {
        func run(_ seed: UInt64) -> [[UInt8]] {
            var damage = PacketDamage(seed: seed, fraction: 0.5)
            return (0..<200).map { _ in
                var message = Self.container
                _ = damage.apply(to: &message)
                return message
            }
        }
        #expect(run(3) == run(3))
        #expect(run(3) != run(4))
    }

    @Test("packets too short to damage in place are handled")
    func shortPackets() {
        for length in 0..<6 {
            var damage = PacketDamage(seed: UInt64(length), fraction: 1)
            for _ in 0..<50 {
                var message = Array(repeating: UInt8(0), count: length)
                #expect(damage.apply(to: &message) != nil)
            }
        }
    }
}

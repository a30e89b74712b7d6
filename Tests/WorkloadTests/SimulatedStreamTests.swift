import Alerts
import AvroCoding
import Testing
import Workload

@Suite("Simulated stream")
struct SimulatedStreamTests {
    struct Sent {
        var messages: [[UInt8]] = []
        var truth: [SimulatedStream.Message] = []
        var damage = PacketDamage(seed: 0, fraction: 0)
    }

    static func send(_ configuration: SimulatorConfiguration) throws -> Sent {
        var stream = try SimulatedStream(configuration: configuration)
        var sent = Sent()
        var bytes: [UInt8] = []
        while let truth = try stream.next(into: &bytes) {
            sent.messages.append(bytes)
            sent.truth.append(truth)
        }
        sent.damage = stream.damage
        return sent
    }

    @Test("one seed gives the same bytes, another seed others")
    func deterministic() throws {
        let configuration = SimulatorConfiguration(seed: 5, alertCount: 300, badPacketFraction: 0.1, nights: 10)
        let first = try Self.send(configuration)
        let second = try Self.send(configuration)
        #expect(first.messages == second.messages)
        #expect(first.truth == second.truth)
        var other = configuration
        other.seed = 6
        #expect(try Self.send(other).messages != first.messages)
    }

    @Test("decoding gives back the simulated values exactly")
    func roundTrip() throws {
        let configuration = SimulatorConfiguration(seed: 9, alertCount: 1_000, nights: 20)
        let sent = try Self.send(configuration)
        var simulator = try Simulator(configuration: configuration)
        let decoder = AlertDecoder()
        for message in sent.messages {
            var expected = AlertBatch()
            var decoded = AlertBatch()
            #expect(simulator.next(into: &expected) != nil)
            #expect(try decoder.decode(message.span.bytes, into: &decoded) == 1)
            // As text, because NaN equals NaN there.
            #expect("\(decoded.alerts)" == "\(expected.alerts)")
            let rows = 0..<max(decoded.detections.count, expected.detections.count)
            #expect(rows.allSatisfy { "\(decoded.detections[$0])" == "\(expected.detections[$0])" })
        }
    }

    @Test("bad packets come at the stated rate, are reported, and no decoder accepts one")
    func damage() throws {
        let sent = try Self.send(SimulatorConfiguration(seed: 2, alertCount: 4_000, badPacketFraction: 0.05))
        let reported = sent.truth.count { $0.damage != nil }
        // 200 expected, standard deviation 13.8.
        #expect((145...255).contains(reported))
        #expect(sent.damage.damagedCount == reported)
        let decoder = AlertDecoder()
        var batch = AlertBatch()
        for (message, truth) in zip(sent.messages, sent.truth) {
            batch.removeAll()
            let accepted = (try? decoder.decode(message.span.bytes, into: &batch)) != nil
            #expect(accepted == (truth.damage == nil), "\(truth)")
        }
        for kind in PacketDamage.Kind.allCases {
            #expect(sent.truth.count { $0.damage == kind } == sent.damage.count(of: kind))
            #expect(sent.damage.count(of: kind) > 10)
        }
    }

    @Test("damage leaves the other packets as they would have been")
    func damageIsSeparate() throws {
        let clean = try Self.send(SimulatorConfiguration(seed: 2, alertCount: 500))
        let rough = try Self.send(SimulatorConfiguration(seed: 2, alertCount: 500, badPacketFraction: 0.3))
        for (index, truth) in rough.truth.enumerated() {
            #expect((rough.messages[index] == clean.messages[index]) == (truth.damage == nil))
        }
    }
}

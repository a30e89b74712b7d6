import Alerts
import AvroCoding
import Bench
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: AllocationCounter.isAvailable, "allocations are counted on glibc, without sanitizers"))
struct AllocationTests {
    // Not inlined, so that no allocation can be optimised away.
    @inline(never)
    private func boxes(_ count: Int) -> [AnyObject] {
        final class Box {}
        var boxes: [AnyObject] = []
        boxes.reserveCapacity(count)
        for _ in 0..<count { boxes.append(Box()) }
        return boxes
    }

    @Test func `The counter sees every allocation of its thread, and none that is not there`() {
        var kept: [AnyObject] = []
        #expect(AllocationCounter.count { kept = boxes(100) } == 101)
        #expect(kept.count == 100)
        var sum = 0
        #expect(AllocationCounter.count { for index in 0..<100 { sum &+= index } } == 0)
        #expect(sum == 4950)
    }

    @Test func `Aligned memory and what C code takes is counted too`() {
        // Kept, so that the compiler cannot leave out what nobody would miss.
        var kept: [UnsafeMutableRawPointer?] = []
        kept.reserveCapacity(5)
        let count = AllocationCounter.count {
            kept.append(aligned_alloc(64, 128))
            kept.append(strdup("a text"))
            kept.append(calloc(3, 3))
            kept.append(realloc(malloc(10), 1000))
        }
        #expect(count == 5)
        #expect(kept.allSatisfy { $0 != nil })
        for memory in kept { free(memory) }
    }

    @Test func `Allocations of other threads are not counted`() throws {
        var other = 0
        let count = AllocationCounter.count {
            let done = DispatchSemaphore(value: 0)
            let thread = Thread {
                Self.sink.value = self.boxes(10_000).count
                done.signal()
            }
            thread.start()
            done.wait()
            other = Self.sink.value
        }
        #expect(other == 10_000)
        #expect(try #require(count) < 1000)
    }

    // SAFETY: one thread writes it, and the other reads it after the semaphore.
    private final class Sink: @unchecked Sendable { var value = 0 }
    private static let sink = Sink()

    /// Allocations of 300 alerts, the packets again and again, after a first pass over them.
    private func allocations(_ packets: [[UInt8]]) throws -> Int? {
        let decoder = AlertDecoder()
        var batch = AlertBatch()
        func pass() throws(AvroError) {
            for packet in packets {
                batch.removeAll()
                _ = try decoder.decode(packet.span.bytes, into: &batch)
            }
        }
        // Twice: the second meets buffers that the first has grown.
        try pass()
        try pass()
        return try AllocationCounter.count { () throws(AvroError) in
            for _ in 0..<max(1, 300 / packets.count) { try pass() }
        }
    }

    /// Packets of alerts with 0 to 40 rows of history, some of them upper limits.
    private func encodedPackets(seed: UInt64) throws -> [[UInt8]] {
        var random = SplitMix(state: seed)
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        return try (0..<41).map { rows in
            var batch = AlertBatch()
            for row in 0..<rows {
                let isDetection = random.next() % 3 > 0
                batch.detections.append(
                    Detections.Row(
                        jd: 2_459_000 + Double(row), band: random.next() % 2 == 0 ? .g : .r,
                        origin: isDetection ? .previous : .upperLimit, magpsf: isDetection ? 18.5 : .nan,
                        sigmapsf: isDetection ? 0.1 : .nan, diffmaglim: 20, isdiffpos: isDetection ? 1 : 0))
            }
            batch.detections.append(
                Detections.Row(jd: 2_459_100, band: .r, origin: .candidate, magpsf: 18, sigmapsf: 0.1, isdiffpos: 1))
            var alert = Alert(
                survey: .ztf, candid: Int64(random.next() >> 8), objectId: try #require(ObjectId("ZTF24aaaaaaa")),
                jd: 2_459_100, band: .r)
            alert.ra = 10
            alert.dec = 20
            alert.magpsf = 18
            alert.sigmapsf = 0.1
            alert.isdiffpos = 1
            alert.observations = 0..<batch.detections.count
            var bytes: [UInt8] = []
            try encoder.encodeMessage(alert, batch.detections, into: &bytes)
            return bytes
        }
    }

    @Test func `Decoding an alert allocates nothing once its schema is known`() throws {
        #expect(try allocations(encodedPackets(seed: 1)) == 0)
    }

    @Test(
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)),
        arguments: ["3.2", "3.3", "4.02"])
    func `Decoding the survey's own packets allocates nothing once their schema is known`(version: String) throws {
        let folder = URL(fileURLWithPath: try SharedData.path("alerts/ztf/raw/\(version)"))
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let packets = try files.filter { $0.pathExtension == "avro" }.map { [UInt8](try Data(contentsOf: $0)) }
        #expect(!packets.isEmpty)
        #expect(try allocations(packets) == 0)
    }
}

/// Vigna's splitmix64.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}

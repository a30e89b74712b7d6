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

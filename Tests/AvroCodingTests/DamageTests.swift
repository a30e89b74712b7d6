import Alerts
import AvroCoding
import TestSupport
import Testing

@Suite struct DamageTests {
    /// Decodes damaged bytes; whatever comes of it, an error must leave the batch as it was.
    private func decode(_ bytes: [UInt8], _ decoder: AlertDecoder, _ batch: inout AlertBatch) -> AvroError? {
        let before = (batch.alerts.count, batch.detections.count)
        do {
            _ = try decoder.decode(bytes, into: &batch)
            batch.truncate(alerts: before.0, detections: before.1)
            return nil
        } catch {
            #expect(batch.alerts.count == before.0 && batch.detections.count == before.1)
            return error
        }
    }

    private func batchWithOneAlert() -> AlertBatch {
        var batch = AlertBatch()
        var random = SplitMix64(seed: 1)
        randomAlert(&random, history: 2, into: &batch)
        return batch
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func `A packet cut short anywhere is an error and leaves the batch as it was`() throws {
        let packet = try sharedBytes(packetPath)
        let decoder = AlertDecoder()
        var batch = batchWithOneAlert()
        let before = jsonLines(batch, file: "")
        for count in 0..<packet.count {
            if decode(Array(packet[..<count]), decoder, &batch) == nil { Issue.record("cut at \(count): no error") }
        }
        #expect(jsonLines(batch, file: "") == before)
    }

    @Test(
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)),
        arguments: [
            packetPath, "alerts/ztf/raw/4.02/boom__ZTF18abudxnw_2695378462115010012.avro",
            "alerts/ztf/repacked/3.2/alerce__ZTF17aaakkav_None.avro",
            "alerts/lsst/v9_0/169298432598474839_169298432598474839.avro",
        ])
    func `Fifty thousand random changes crash nothing and leave the batch as it was`(path: String) throws {
        let packet = try sharedBytes(path)
        let decoder = AlertDecoder()
        var batch = batchWithOneAlert()
        let before = jsonLines(batch, file: "")
        var random = SplitMix64(seed: 99)
        let body = endOfSchema(packet)
        var damaged = packet
        var errors = 0
        for trial in 0..<50_000 {
            // Mostly in the record: every change in the schema costs a compilation. Cut-outs are most of a packet and
            // are skipped.
            let isInHeader = trial % 50 == 0
            var changes: [(Int, UInt8)] = []
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place =
                    isInHeader
                    ? Int.random(in: 0..<packet.count, using: &random)
                    : Int.random(in: body..<packet.count, using: &random)
                changes.append((place, damaged[place]))
                damaged[place] = UInt8.random(in: 0...255, using: &random)
            }
            if decode(damaged, decoder, &batch) != nil { errors += 1 }
            for (place, byte) in changes.reversed() { damaged[place] = byte }
        }
        #expect(damaged == packet)
        #expect(errors > 0)
        #expect(jsonLines(batch, file: "") == before)
    }

    /// Where the embedded schema's text ends: at the brace that balances the first one.
    private func endOfSchema(_ packet: [UInt8]) -> Int {
        var depth = 0
        for (index, byte) in packet.enumerated() {
            if byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return index + 1 }
            }
        }
        return 0
    }
}

import Alerts
import AvroCoding
import Testing

/// Packets of alerts with 0 to 40 rows of history, some of them upper limits.
func encodedPackets(seed: UInt64) throws -> [[UInt8]] {
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
        alert.jdstarthist = 2_459_000
        alert.observations = 0..<batch.detections.count
        var bytes: [UInt8] = []
        try encoder.encodeMessage(alert, batch.detections, into: &bytes)
        return bytes
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

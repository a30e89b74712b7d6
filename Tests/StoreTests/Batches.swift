import Alerts
import Store

/// A ZTF alert of 2026-11-24 with plausible values.
func makeAlert(_ candid: Int64, objectId: ObjectId? = nil, jd: Double = 2_461_368.75) -> Alert {
    var alert = Alert(
        survey: .ztf, candid: candid, objectId: objectId ?? ObjectId(candid), jd: jd,
        band: candid.isMultiple(of: 2) ? .g : .r)
    alert.ra = 123.456_789_012_345_67
    alert.dec = -12.345_678_901_234_567
    alert.magpsf = 18.7 + Float(candid % 100) / 100
    alert.sigmapsf = 0.07
    alert.isdiffpos = 1
    alert.ndethist = Int32(candid % 50)
    alert.rb = 0.9
    alert.drb = 0.99
    alert.observations = 0..<Int(candid % 30 + 1)
    return alert
}

extension ResultBatch {
    /// An empty batch over offsets of one claimed partition.
    init(_ claim: StreamOffsets.Claim, _ offsets: Range<Int64>) {
        self.init()
        self.offsets = [
            OffsetRange(
                topicId: claim.topicId, partition: claim.partition, generation: claim.generation,
                firstOffset: offsets.lowerBound, nextOffset: offsets.upperBound)
        ]
    }

    /// One message an alert: every fourth is skipped, the others are classified.
    init(_ claim: StreamOffsets.Claim, _ offsets: Range<Int64>, candid: (Int64) -> Int64) {
        self.init(claim, offsets)
        for offset in offsets {
            let alert = makeAlert(candid(offset))
            if offset % 4 == 3 {
                skip(alert, claim, offset, "too_few_points")
            } else {
                classify(alert, claim, offset, [0.5, 0.25, 0.25])
            }
        }
        receivedAtMs = 1_795_500_000_010
        decodedAtMs = 1_795_500_000_020
        classifiedAtMs = 1_795_500_000_030
    }

    mutating func classify(
        _ alert: Alert, _ claim: StreamOffsets.Claim, _ offset: Int64, _ row: [Float], index: Int32 = 0
    ) {
        let place = Int32(probabilities.count / row.count)
        append(alert, from: Source(claim, offset, index), outcome: .classified(row: place))
        probabilities += row
    }

    mutating func skip(
        _ alert: Alert, _ claim: StreamOffsets.Claim, _ offset: Int64, _ reason: String, index: Int32 = 0
    ) {
        append(alert, from: Source(claim, offset, index), outcome: .skipped(reason))
    }

    mutating func quarantine(_ claim: StreamOffsets.Claim, _ offset: Int64, detail: String, payload: [UInt8]) {
        let source = Source(claim, offset, Source.wholeMessage)
        payload.withUnsafeBytes {
            quarantined.append(Quarantined(source: source, reason: "damaged", detail: detail, payload: $0))
        }
    }
}

extension ResultBatch.Source {
    init(_ claim: StreamOffsets.Claim, _ offset: Int64, _ alertIndex: Int32 = 0) {
        self.init(
            topicId: claim.topicId, partition: claim.partition, offset: offset, alertIndex: alertIndex,
            timestampMs: 1_795_500_000_000 + offset)
    }
}

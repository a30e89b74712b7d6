import Alerts

/// The rows that a batch adds to `alert`.
struct AlertRows {
    private let rows = CopyRows(fields: 20)
    /// Of `ObjectColumns.insert`.
    private let objectId = ArrayColumn(.text)
    private let night = ArrayColumn(.date)

    static let copy = Statement(
        name: "copying alerts",
        sql: """
            COPY alert (candid, jd, ra, dec, night, magpsf, sigmapsf, rb, drb, ndethist, n_detections, survey, isdiffpos,
                band, object_id, topic_id, partition, kafka_offset, alert_index, broker_timestamp)
            FROM STDIN (FORMAT binary)
            """)

    var isEmpty: Bool { rows.count == 0 }
    var encoded: CopyRows { rows }
    var objects: [Parameter] { [.array(objectId), .array(night)] }

    func removeAll() {
        rows.removeAll()
        objectId.removeAll()
        night.removeAll()
    }

    /// - Parameter day: the alert's night, days since 2000-01-01.
    func append(_ alert: Alert, night day: Int32, from origin: ResultBatch.Source, detectionCount count: Int32) {
        rows.beginRow()
        rows.append(alert.candid)
        rows.appendKnown(alert.jd)
        rows.appendKnown(alert.ra)
        rows.appendKnown(alert.dec)
        rows.append(day)
        rows.appendKnown(alert.magpsf)
        rows.appendKnown(alert.sigmapsf)
        rows.appendKnown(alert.rb)
        rows.appendKnown(alert.drb)
        if alert.ndethist < 0 { rows.appendNull() } else { rows.append(alert.ndethist) }
        rows.append(count)
        rows.append(Int16(alert.survey.rawValue))
        rows.append(Int16(alert.isdiffpos))
        rows.append(alert.band.ascii)
        alert.objectId.withUTF8 { id in
            rows.append(bytes: id)
            objectId.append(bytes: id)
        }
        night.append(day)
        rows.append(origin.topicId)
        rows.append(origin.partition)
        rows.append(origin.offset)
        rows.append(origin.alertIndex)
        rows.append(Timestamp.microseconds(ms: origin.timestampMs))
    }
}

extension Band {
    /// The band's letter in ASCII, PostgreSQL's `"char"`.
    fileprivate var ascii: UInt8 {
        switch self {
        case .u: UInt8(ascii: "u")
        case .g: UInt8(ascii: "g")
        case .r: UInt8(ascii: "r")
        case .i: UInt8(ascii: "i")
        case .z: UInt8(ascii: "z")
        case .y: UInt8(ascii: "y")
        }
    }
}

import Alerts

/// The columns of the rows that a batch adds to `alert`, in the order of `ResultWriter.insertAlerts`' parameters.
struct AlertColumns {
    private let candid = ArrayColumn(.bigint)
    private let jd = ArrayColumn(.double)
    private let ra = ArrayColumn(.double)
    private let dec = ArrayColumn(.double)
    private let night = ArrayColumn(.date)
    private let magpsf = ArrayColumn(.real)
    private let sigmapsf = ArrayColumn(.real)
    private let rb = ArrayColumn(.real)
    private let drb = ArrayColumn(.real)
    private let ndethist = ArrayColumn(.integer)
    private let detectionCount = ArrayColumn(.integer)
    private let survey = ArrayColumn(.smallint)
    private let isdiffpos = ArrayColumn(.smallint)
    private let band = ArrayColumn(.singleByte)
    private let objectId = ArrayColumn(.text)
    private let source = SourceColumns()
    private let timestamp = ArrayColumn(.timestamptz)
    private let all: [ArrayColumn]

    static let insert = Statement(
        name: "inserting alerts",
        sql: """
            INSERT INTO alert (candid, jd, ra, dec, night, magpsf, sigmapsf, rb, drb, ndethist, n_detections, survey,
                isdiffpos, band, object_id, topic_id, partition, kafka_offset, alert_index, broker_timestamp)
            SELECT * FROM unnest($1::bigint[], $2::double precision[], $3::double precision[], $4::double precision[],
                $5::date[], $6::real[], $7::real[], $8::real[], $9::real[], $10::integer[], $11::integer[],
                $12::smallint[], $13::smallint[], $14::"char"[], $15::text[], $16::integer[], $17::integer[],
                $18::bigint[], $19::integer[], $20::timestamptz[])
            """)

    init() {
        all =
            [
                candid, jd, ra, dec, night, magpsf, sigmapsf, rb, drb, ndethist, detectionCount, survey, isdiffpos,
                band,
                objectId,
            ] + source.all + [timestamp]
    }

    var isEmpty: Bool { candid.count == 0 }
    var parameters: [Parameter] { all.map { .array($0) } }
    /// Of `ObjectColumns.insert`.
    var objects: [Parameter] { [.array(objectId), .array(night)] }

    func removeAll() {
        for column in all { column.removeAll() }
    }

    /// - Parameter day: the alert's night, days since 2000-01-01.
    func append(_ alert: Alert, night day: Int32, from origin: ResultBatch.Source, detectionCount count: Int32) {
        candid.append(alert.candid)
        jd.appendKnown(alert.jd)
        ra.appendKnown(alert.ra)
        dec.appendKnown(alert.dec)
        night.append(day)
        magpsf.appendKnown(alert.magpsf)
        sigmapsf.appendKnown(alert.sigmapsf)
        rb.appendKnown(alert.rb)
        drb.appendKnown(alert.drb)
        ndethist.append(alert.ndethist < 0 ? nil : alert.ndethist)
        detectionCount.append(count)
        survey.append(Int16(alert.survey.rawValue))
        isdiffpos.append(Int16(alert.isdiffpos))
        band.append(alert.band.ascii)
        alert.objectId.withUTF8 { objectId.append(bytes: $0) }
        source.append(origin)
        timestamp.append(Timestamp.microseconds(ms: origin.timestampMs))
    }
}

/// Topic, partition, offset and place within the message: how every table names where a row came from.
struct SourceColumns {
    private let topicId = ArrayColumn(.integer)
    private let partition = ArrayColumn(.integer)
    private let offset = ArrayColumn(.bigint)
    private let alertIndex = ArrayColumn(.integer)

    var all: [ArrayColumn] { [topicId, partition, offset, alertIndex] }

    func append(_ source: ResultBatch.Source) {
        topicId.append(source.topicId)
        partition.append(source.partition)
        offset.append(source.offset)
        alertIndex.append(source.alertIndex)
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

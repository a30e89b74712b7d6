public import Alerts

/// Writes alerts in the schema `ZTFSchema.simulated`; decoding gives back the same values.
///
/// A value type with scratch memory: one for each thread. What the schema has no place for (fluxes, forced photometry,
/// bands beyond g, r and i) is an error, never dropped.
public struct AlertEncoder {
    private let publisher: String
    private let schemaVersion: String
    private let header: [UInt8]
    private let sync: [UInt8]
    private var body: [UInt8] = []

    /// - Parameter schemaVersion: the value of the field `schemavsn`.
    public init(publisher: String, schemaVersion: String) {
        self.publisher = publisher
        self.schemaVersion = schemaVersion
        // One marker for all messages: each is a container of its own, as ZTF's are.
        let writer = ContainerWriter(schema: ZTFSchema.simulated, codec: .null, seed: 1)
        var header: [UInt8] = []
        writer.appendHeader(to: &header)
        self.header = header
        sync = writer.sync
    }

    /// Replaces `bytes` by one complete container with one record, which is what Kafka carries.
    ///
    /// `detections` are the rows that `alert.observations` refers to, the alert's own candidate last.
    public mutating func encodeMessage(
        _ alert: Alert, _ detections: Detections, into bytes: inout [UInt8]
    ) throws(AvroError) {
        try encodeScratch(alert, detections)
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: header)
        bytes.appendInteger(1)
        bytes.appendInteger(Int64(body.count))
        bytes.append(contentsOf: body)
        bytes.append(contentsOf: sync)
    }

    /// Replaces `bytes` by a Confluent frame.
    ///
    /// - Parameter schemaId: the id under which the registry has `ZTFSchema.simulated`.
    public mutating func encodeFrame(
        _ alert: Alert, _ detections: Detections, schemaId: Int32, into bytes: inout [UInt8]
    ) throws(AvroError) {
        try encodeScratch(alert, detections)
        bytes.removeAll(keepingCapacity: true)
        Framing.appendConfluentHead(id: schemaId, to: &bytes)
        bytes.append(contentsOf: body)
    }

    /// Replaces `bytes` by a message in Avro's single-object encoding.
    public mutating func encodeSingleObject(
        _ alert: Alert, _ detections: Detections, into bytes: inout [UInt8]
    ) throws(AvroError) {
        let fingerprint = try ZTFSchema.simulatedFingerprint.get()
        try encodeScratch(alert, detections)
        bytes.removeAll(keepingCapacity: true)
        Framing.appendSingleObjectHead(fingerprint: fingerprint, to: &bytes)
        bytes.append(contentsOf: body)
    }

    private mutating func encodeScratch(_ alert: Alert, _ detections: Detections) throws(AvroError) {
        // The scratch memory is taken out of self for the call, so that it is not copied.
        var body: [UInt8] = []
        swap(&body, &self.body)
        defer { swap(&body, &self.body) }
        try encodeBody(alert, detections, into: &body)
    }

    /// Replaces `bytes` by the record's body alone, for `ContainerWriter.append`.
    public mutating func encodeBody(
        _ alert: Alert, _ detections: Detections, into bytes: inout [UInt8]
    ) throws(AvroError) {
        let rows = alert.observations
        guard alert.survey == .ztf else {
            throw .unencodable(reason: "it is of survey \(alert.survey.name), the schema is ZTF's")
        }
        guard !rows.isEmpty, rows.lowerBound >= 0, rows.upperBound <= detections.count else {
            throw .unencodable(reason: "its rows \(rows) are not among the \(detections.count) given")
        }
        let candidate = detections[rows.upperBound - 1]
        guard candidate.origin == .candidate, candidate.jd == alert.jd, candidate.band == alert.band,
            candidate.isdiffpos == alert.isdiffpos, Self.same(candidate.magpsf, alert.magpsf),
            Self.same(candidate.sigmapsf, alert.sigmapsf)
        else { throw .unencodable(reason: "its last row is not its own candidate") }
        bytes.removeAll(keepingCapacity: true)
        bytes.appendText(schemaVersion)
        bytes.appendText(publisher)
        bytes.appendInteger(Int64(alert.objectId.count))
        alert.objectId.withUTF8 { bytes.append(contentsOf: $0) }
        bytes.appendInteger(alert.candid)
        try Self.appendCandidate(alert, candidate, to: &bytes)
        let history = rows.dropLast()
        bytes.appendInteger(0)
        if !history.isEmpty {
            bytes.appendInteger(Int64(history.count))
            for row in history { try Self.appendPrevious(detections[row], to: &bytes) }
        }
        bytes.appendInteger(0)
    }

    private static func appendCandidate(
        _ alert: Alert, _ row: Detections.Row, to bytes: inout [UInt8]
    ) throws(AvroError) {
        bytes.appendDouble(alert.jd)
        bytes.appendInteger(Int64(try filter(row)))
        bytes.appendOptionalFloat(row.diffmaglim)
        bytes.appendInteger(alert.candid)
        bytes.appendText(sign(alert.isdiffpos))
        bytes.appendDouble(alert.ra)
        bytes.appendDouble(alert.dec)
        bytes.appendFloat(alert.magpsf)
        bytes.appendFloat(alert.sigmapsf)
        bytes.appendOptionalFloat(alert.distnr)
        bytes.appendOptionalFloat(alert.magnr)
        bytes.appendOptionalFloat(alert.rb)
        bytes.appendOptionalFloat(alert.ssdistnr)
        bytes.appendOptionalFloat(alert.sgscore)
        bytes.appendOptionalFloat(alert.distpsnr)
        bytes.appendInteger(Int64(alert.ndethist))
        bytes.appendInteger(alert.jdstarthist.isNaN ? 1 : 0)
        if !alert.jdstarthist.isNaN { bytes.appendDouble(alert.jdstarthist) }
        bytes.appendOptionalFloat(alert.drb)
    }

    private static func appendPrevious(_ row: Detections.Row, to bytes: inout [UInt8]) throws(AvroError) {
        let isDetection = row.origin == .previous
        guard isDetection || row.origin == .upperLimit, isDetection != row.magpsf.isNaN else {
            throw .unencodable(
                reason: "a row of origin \(row.origin) with magpsf \(row.magpsf) is not one of prv_candidates")
        }
        bytes.appendDouble(row.jd)
        bytes.appendInteger(Int64(try filter(row)))
        bytes.appendOptionalFloat(row.diffmaglim)
        bytes.appendInteger(row.isdiffpos == 0 ? 1 : 0)
        if row.isdiffpos != 0 { bytes.appendText(sign(row.isdiffpos)) }
        bytes.appendOptionalFloat(row.magpsf)
        bytes.appendOptionalFloat(row.sigmapsf)
    }

    private static func filter(_ row: Detections.Row) throws(AvroError) -> Int32 {
        guard let fid = row.band.ztfFilter else { throw .unencodable(reason: "ZTF has no filter \(row.band.letter)") }
        guard row.flux.isNaN, row.fluxErr.isNaN else {
            throw .unencodable(reason: "ZTF's schema has no place for a flux")
        }
        return fid
    }

    /// As ZTF writes it; an unknown sign is an empty text, which the decoder takes as unknown.
    private static func sign(_ isdiffpos: Int8) -> String {
        isdiffpos > 0 ? "t" : isdiffpos < 0 ? "f" : ""
    }

    private static func same(_ left: Float, _ right: Float) -> Bool {
        left == right || left.isNaN && right.isNaN
    }
}

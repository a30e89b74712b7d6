import Alerts

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// ZTF alert packets, schema versions before 2.0 to 4.02, as the survey publishes them and as brokers repack them.
///
/// History rows keep the packet's order; forced photometry (`fp_hists`, since 4.0) goes before them, the alert's own
/// candidate last. A row with a filter number other than 1 to 3 fails the alert: no real packet has one, so it is
/// damage, and leaving the row out would hide it.
enum ZTFMapping {
    static let mapping = SurveyMapping(
        survey: .ztf,
        fields: [
            .init("objectId", use: .value(.objectId), isRequired: true),
            // Spark's repacked files have it in the candidate alone.
            .init("candid", use: .value(.candid)),
            .init("candidate", use: .record(candidate), isRequired: true),
            .init("prv_candidates", use: .rows(previous, .ztfPrevious)),
            .init("fp_hists", use: .rows(forced, .ztfForced)),
        ],
        emission: .ztfAlert,
        alternatives: [[.candid, .candidateCandid]])

    private static let candidate: [SurveyMapping.MappedField] = [
        .init("jd", use: .value(.jd), isRequired: true),
        .init("fid", use: .value(.fid), isRequired: true),
        .init("candid", use: .value(.candidateCandid)),
        .init("ra", use: .value(.ra), isRequired: true),
        .init("dec", use: .value(.dec), isRequired: true),
        .init("magpsf", use: .value(.magpsf), isRequired: true),
        .init("sigmapsf", use: .value(.sigmapsf), isRequired: true),
        .init("isdiffpos", use: .value(.isdiffpos)),
        .init("diffmaglim", use: .value(.diffmaglim)),
        .init("jdstarthist", use: .value(.jdstarthist)),
        .init("ndethist", use: .value(.ndethist)),
        .init("rb", use: .value(.rb)),
        .init("drb", use: .value(.drb)),
        .init("ssdistnr", use: .value(.ssdistnr)),
        .init("distnr", use: .value(.distnr)),
        .init("magnr", use: .value(.magnr)),
        // One PanSTARRS neighbour before schema 2.0, three numbered ones since.
        .init("sgscore1", "sgscore", use: .value(.sgscore)),
        .init("distpsnr1", "distpsnr", use: .value(.distpsnr)),
    ]

    private static let previous: [SurveyMapping.MappedField] = [
        .init("jd", use: .value(.previousJd), isRequired: true),
        .init("fid", use: .value(.previousFid), isRequired: true),
        // Absent from 3.5's prv_candidates, which hold upper limits alone.
        .init("magpsf", use: .value(.previousMagpsf)),
        .init("sigmapsf", use: .value(.previousSigmapsf)),
        .init("diffmaglim", use: .value(.previousDiffmaglim)),
        .init("isdiffpos", use: .value(.previousIsdiffpos)),
    ]

    private static let forced: [SurveyMapping.MappedField] = [
        .init("jd", use: .value(.forcedJd), isRequired: true),
        .init("fid", use: .value(.forcedFid), isRequired: true),
        .init("forcediffimflux", use: .value(.forcedFlux), isRequired: true),
        .init("forcediffimfluxunc", use: .value(.forcedFluxErr)),
        .init("magzpsci", use: .value(.forcedZeroPoint)),
        .init("diffmaglim", use: .value(.forcedDiffmaglim)),
    ]

    // MARK: - Rows

    @inline(__always)
    static func appendPrevious(_ slots: SlotView, at offset: Int, _ sink: inout RecordSink) throws(Fault) {
        let magpsf = slots.float(.previousMagpsf)
        let isDetection = !magpsf.isNaN
        sink.history.append(
            Detections.Row(
                jd: try finite(slots, .previousJd, offset), band: try band(slots, .previousFid, offset),
                origin: isDetection ? .previous : .upperLimit, magpsf: magpsf,
                sigmapsf: slots.float(.previousSigmapsf), diffmaglim: slots.float(.previousDiffmaglim),
                isdiffpos: slots.sign(.previousIsdiffpos)))
    }

    /// Forced difference flux, from counts and the image's zero point to nJy: F = DN * 10^(-0.4 (zp - 31.4)).
    ///
    /// The survey marks a measurement that failed by a flux of -99999 (ZTF forced-photometry guide); such a row is left
    /// out.
    static func appendForced(_ slots: SlotView, at offset: Int, _ sink: inout RecordSink) throws(Fault) {
        let jd = try finite(slots, .forcedJd, offset)
        let band = try band(slots, .forcedFid, offset)
        let counts = slots.float(.forcedFlux)
        let zeroPoint = slots.float(.forcedZeroPoint)
        guard counts > -99_998, zeroPoint > 0 else { return }
        let scale = pow(10, -0.4 * (Double(zeroPoint) - 31.4))
        sink.forced.append(
            Detections.Row(
                jd: jd, band: band, origin: .forced, diffmaglim: slots.float(.forcedDiffmaglim),
                flux: Float(Double(counts) * scale), fluxErr: Float(Double(slots.float(.forcedFluxErr)) * scale)))
    }

    // MARK: - Alert

    static func appendAlert(
        _ slots: SlotView, record: ByteCursor, _ sink: inout RecordSink, to batch: inout AlertBatch
    ) throws(Fault) {
        let offset = record.position
        let text = slots.text(.objectId)
        let name = UnsafeRawBufferPointer(start: record.base + text.position, count: text.count)
        guard text.count > 0, let objectId = ObjectId(utf8: name) else {
            throw Fault(
                code: .tooLong, offset: offset, value: Int64(Slot.objectId.rawValue), limit: ObjectId.maximumLength)
        }
        var candid = slots.integer(.candid)
        if candid == .min { candid = slots.integer(.candidateCandid) }
        guard candid != .min else { throw Fault(code: .nullValue, offset: offset, value: Int64(Slot.candid.rawValue)) }
        let band = try band(slots, .fid, offset)
        var alert = Alert(
            survey: .ztf, candid: candid, objectId: objectId, jd: try finite(slots, .jd, offset), band: band)
        alert.ra = try finite(slots, .ra, offset)
        alert.dec = try finite(slots, .dec, offset)
        alert.magpsf = slots.float(.magpsf)
        alert.sigmapsf = slots.float(.sigmapsf)
        alert.isdiffpos = slots.sign(.isdiffpos)
        alert.jdstarthist = slots.double(.jdstarthist)
        alert.ndethist = try count(slots, .ndethist, offset)
        alert.rb = slots.float(.rb)
        alert.drb = slots.float(.drb)
        alert.ssdistnr = present(slots.float(.ssdistnr))
        alert.distnr = present(slots.float(.distnr))
        alert.magnr = present(slots.float(.magnr))
        alert.sgscore = present(slots.float(.sgscore))
        alert.distpsnr = present(slots.float(.distpsnr))
        sink.history.append(
            Detections.Row(
                jd: alert.jd, band: band, origin: .candidate, magpsf: alert.magpsf, sigmapsf: alert.sigmapsf,
                diffmaglim: slots.float(.diffmaglim), isdiffpos: alert.isdiffpos))
        alert.observations = sink.copyRows(to: &batch.detections)
        batch.alerts.append(alert)
    }

    // MARK: - Values

    /// ZTF writes -999 where there is no neighbour.
    private static func present(_ value: Float) -> Float {
        value == -999 ? .nan : value
    }

    @inline(__always)
    private static func finite(_ slots: SlotView, _ slot: Slot, _ offset: Int) throws(Fault) -> Double {
        let value = slots.double(slot)
        guard value.isFinite else { throw Fault(code: .notFinite, offset: offset, value: Int64(slot.rawValue)) }
        return value
    }

    @inline(__always)
    private static func band(_ slots: SlotView, _ slot: Slot, _ offset: Int) throws(Fault) -> Band {
        guard let fid = Int32(exactly: slots.integer(slot)), let band = Band(ztfFilter: fid) else {
            throw Fault(code: .unknownFilter, offset: offset, value: Int64(slot.rawValue))
        }
        return band
    }

    private static func count(_ slots: SlotView, _ slot: Slot, _ offset: Int) throws(Fault) -> Int32 {
        let value = slots.integer(slot)
        if value == .min { return -1 }
        guard let count = Int32(exactly: value) else {
            throw Fault(code: .outOfRange, offset: offset, value: Int64(slot.rawValue))
        }
        return count
    }
}

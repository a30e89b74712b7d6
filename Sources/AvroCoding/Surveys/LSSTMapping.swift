import Alerts

/// LSST alert packets, schema versions 7.0 to 11.1: fluxes in nJy, times in MJD, bands by letter.
///
/// Times become jd = mjd + 2400000.5 and stay in TAI, 37 s ahead of the UTC that ZTF's jd has. Forced photometry goes
/// before the history, the alert's own source last, as for ZTF. A moving object's alert has no `diaObject`; its id is
/// `ssObjectId`, and its `ssdistnr` is 0: the survey itself says that the source is that object.
enum LSSTMapping {
    static let mapping = SurveyMapping(
        survey: .lsst,
        fields: [
            .init("diaSource", use: .record(source), isRequired: true),
            .init("prvDiaSources", use: .rows(previous, .lsstPrevious)),
            .init("prvDiaForcedSources", use: .rows(forced, .lsstForced)),
            .init("diaObject", use: .record(object)),
            .init("ssSource", "ssObject", use: .record([.init("ssObjectId", use: .value(.ssSourceSsObjectId))])),
        ],
        emission: .lsstAlert,
        alternatives: [[.diaObjectId, .ssObjectId, .objectDiaObjectId, .ssSourceSsObjectId]])

    private static let source: [SurveyMapping.MappedField] = [
        .init("diaSourceId", use: .value(.diaSourceId), isRequired: true),
        .init("diaObjectId", use: .value(.diaObjectId)),
        .init("ssObjectId", use: .value(.ssObjectId)),
        .init("midpointMjdTai", use: .value(.midpointMjdTai), isRequired: true),
        .init("ra", use: .value(.sourceRa), isRequired: true),
        .init("dec", use: .value(.sourceDec), isRequired: true),
        .init("psfFlux", use: .value(.psfFlux), isRequired: true),
        .init("psfFluxErr", use: .value(.psfFluxErr)),
        .init("band", use: .value(.sourceBand), isRequired: true),
        .init("reliability", use: .value(.reliability)),
    ]

    private static let previous: [SurveyMapping.MappedField] = [
        .init("midpointMjdTai", use: .value(.previousMjdTai), isRequired: true),
        .init("psfFlux", use: .value(.previousPsfFlux), isRequired: true),
        .init("psfFluxErr", use: .value(.previousPsfFluxErr)),
        .init("band", use: .value(.previousBand), isRequired: true),
    ]

    private static let forced: [SurveyMapping.MappedField] = [
        .init("midpointMjdTai", use: .value(.forcedMjdTai), isRequired: true),
        .init("psfFlux", use: .value(.forcedPsfFlux), isRequired: true),
        .init("psfFluxErr", use: .value(.forcedPsfFluxErr)),
        .init("band", use: .value(.forcedBand), isRequired: true),
    ]

    private static let object: [SurveyMapping.MappedField] = [
        .init("diaObjectId", use: .value(.objectDiaObjectId)),
        .init("nDiaSources", use: .value(.nDiaSources)),
        .init("firstDiaSourceMjdTai", use: .value(.firstDiaSourceMjdTai)),
    ]

    // MARK: - Rows

    /// Julian date of the epoch of the modified Julian date.
    private static let mjdEpoch = 2_400_000.5

    static func appendPrevious(
        _ slots: SlotView, record: ByteCursor, _ sink: inout RecordSink
    ) throws(Fault) {
        let flux = slots.float(.previousPsfFlux)
        sink.history.append(
            Detections.Row(
                jd: try jd(slots, .previousMjdTai, record.position), band: try band(slots, .previousBand, record),
                origin: .previous, isdiffpos: sign(of: flux), flux: flux, fluxErr: slots.float(.previousPsfFluxErr)))
    }

    static func appendForced(_ slots: SlotView, record: ByteCursor, _ sink: inout RecordSink) throws(Fault) {
        sink.forced.append(
            Detections.Row(
                jd: try jd(slots, .forcedMjdTai, record.position), band: try band(slots, .forcedBand, record),
                origin: .forced, flux: slots.float(.forcedPsfFlux), fluxErr: slots.float(.forcedPsfFluxErr)))
    }

    // MARK: - Alert

    static func appendAlert(
        _ slots: SlotView, record: ByteCursor, _ sink: inout RecordSink, to batch: inout AlertBatch
    ) throws(Fault) {
        let offset = record.position
        let candid = slots.integer(.diaSourceId)
        guard candid != .min else {
            throw Fault(code: .nullValue, offset: offset, value: Int64(Slot.diaSourceId.rawValue))
        }
        let (object, isMoving) = try objectId(slots, offset)
        let band = try band(slots, .sourceBand, record)
        var alert = Alert(
            survey: .lsst, candid: candid, objectId: ObjectId(object), jd: try jd(slots, .midpointMjdTai, offset),
            band: band)
        alert.ra = slots.double(.sourceRa)
        alert.dec = slots.double(.sourceDec)
        guard alert.ra.isFinite, alert.dec.isFinite else {
            throw Fault(code: .notFinite, offset: offset, value: Int64(Slot.sourceRa.rawValue))
        }
        let flux = slots.float(.psfFlux)
        alert.isdiffpos = sign(of: flux)
        alert.jdstarthist = slots.double(.firstDiaSourceMjdTai) + mjdEpoch
        let sources = slots.integer(.nDiaSources)
        if sources != .min { alert.ndethist = Int32(exactly: sources) ?? -1 }
        alert.drb = slots.float(.reliability)
        if isMoving { alert.ssdistnr = 0 }
        sink.history.append(
            Detections.Row(
                jd: alert.jd, band: band, origin: .candidate, isdiffpos: alert.isdiffpos, flux: flux,
                fluxErr: slots.float(.psfFluxErr)))
        alert.observations = sink.copyRows(to: &batch.detections)
        batch.alerts.append(alert)
    }

    // MARK: - Values

    /// The id of the object, from the source or else from the object itself; Rubin writes 0 for none where the field is
    /// not nullable. `isMoving` where it is a solar-system object's.
    private static func objectId(
        _ slots: SlotView, _ offset: Int
    ) throws(Fault) -> (id: Int64, isMoving: Bool) {
        func id(_ slot: Slot) -> Int64? {
            let value = slots.integer(slot)
            return value == .min || value == 0 ? nil : value
        }
        if let id = id(.diaObjectId) ?? id(.objectDiaObjectId) { return (id, false) }
        if let id = id(.ssObjectId) ?? id(.ssSourceSsObjectId) { return (id, true) }
        throw Fault(code: .nullValue, offset: offset, value: Int64(Slot.diaObjectId.rawValue))
    }

    /// The sign of the difference flux: schemas before 8.0 have no `isNegative`.
    private static func sign(of flux: Float) -> Int8 {
        flux > 0 ? 1 : flux < 0 ? -1 : 0
    }

    private static func jd(_ slots: SlotView, _ slot: Slot, _ offset: Int) throws(Fault) -> Double {
        let mjd = slots.double(slot)
        guard mjd.isFinite else { throw Fault(code: .notFinite, offset: offset, value: Int64(slot.rawValue)) }
        return mjd + mjdEpoch
    }

    private static func band(_ slots: SlotView, _ slot: Slot, _ record: ByteCursor) throws(Fault) -> Band {
        let text = slots.text(slot)
        // The slot's position was checked when the text was read, so its first byte is there.
        guard text.count == 1, let band = Band(ascii: record.base.load(fromByteOffset: text.position, as: UInt8.self))
        else {
            throw Fault(code: .unknownFilter, offset: record.position, value: Int64(slot.rawValue))
        }
        return band
    }
}

/// A place for one value that a decode plan extracts; a survey's mapping says which field fills it.
enum Slot: UInt8, CaseIterable {
    // ZTF: the alert and its candidate.
    case candid, candidateCandid, objectId, jd, fid, ra, dec, magpsf, sigmapsf, diffmaglim, isdiffpos
    case jdstarthist, ndethist, rb, drb, ssdistnr, distnr, magnr, sgscore, distpsnr
    // ZTF: one row of prv_candidates.
    case previousJd, previousFid, previousMagpsf, previousSigmapsf, previousDiffmaglim, previousIsdiffpos
    // ZTF: one row of fp_hists.
    case forcedJd, forcedFid, forcedFlux, forcedFluxErr, forcedZeroPoint, forcedDiffmaglim
    // LSST: the alert, its source, and the object it belongs to.
    case alertId, diaSourceId, diaObjectId, ssObjectId, midpointMjdTai, sourceRa, sourceDec, sourceBand, psfFlux,
        psfFluxErr
    case reliability, nDiaSources, firstDiaSourceMjdTai, objectDiaObjectId, ssSourceSsObjectId
    // LSST: one row of prvDiaSources, one of prvDiaForcedSources.
    case previousMjdTai, previousBand, previousPsfFlux, previousPsfFluxErr
    case forcedMjdTai, forcedBand, forcedPsfFlux, forcedPsfFluxErr

    enum Content {
        case double, float, integer
        /// A position and a length within the record's bytes.
        case text
        /// +1, -1 or 0.
        case sign
    }

    var content: Content {
        switch self {
        case .jd, .ra, .dec, .jdstarthist, .previousJd, .forcedJd, .midpointMjdTai, .sourceRa, .sourceDec,
            .firstDiaSourceMjdTai,
            .previousMjdTai, .forcedMjdTai:
            .double
        case .magpsf, .sigmapsf, .diffmaglim, .rb, .drb, .ssdistnr, .distnr, .magnr, .sgscore, .distpsnr,
            .previousMagpsf,
            .previousSigmapsf, .previousDiffmaglim, .forcedFlux, .forcedFluxErr, .forcedZeroPoint, .forcedDiffmaglim,
            .psfFlux,
            .psfFluxErr, .reliability, .previousPsfFlux, .previousPsfFluxErr, .forcedPsfFlux, .forcedPsfFluxErr:
            .float
        case .candid, .candidateCandid, .fid, .ndethist, .previousFid, .forcedFid, .alertId, .diaSourceId, .diaObjectId,
            .ssObjectId, .nDiaSources, .objectDiaObjectId, .ssSourceSsObjectId:
            .integer
        case .objectId, .sourceBand, .previousBand, .forcedBand: .text
        case .isdiffpos, .previousIsdiffpos: .sign
        }
    }

    /// What an absent or null field leaves in the slot.
    var absent: UInt64 {
        switch content {
        case .double: Double.nan.bitPattern
        case .float: UInt64(Float.nan.bitPattern)
        case .integer: UInt64(bitPattern: Int64.min)
        case .text, .sign: 0
        }
    }

    var name: String { "\(self)" }
}

/// Owns the slots' memory; a class, so that it is freed also where its owner's initialiser throws.
final class SlotMemory {
    let view = SlotView.allocate()

    deinit {
        view.deallocate()
    }
}

/// The slots' memory, seen by the code that fills them and the code that makes rows of them.
///
/// A view: `SlotMemory` owns the memory and outlives it.
struct SlotView {
    // A constant, so that the offset of the absent values costs nothing.
    private static var count: Int { 64 }

    // SAFETY: two runs of `count` words, the values and what they are when absent; every index is a Slot's raw value.
    private let words: UnsafeMutablePointer<UInt64>

    static func allocate() -> SlotView {
        SlotView(words: .allocate(capacity: 2 * count))
    }

    private init(words: UnsafeMutablePointer<UInt64>) {
        precondition(Slot.allCases.count <= Self.count)
        self.words = words
        for slot in Slot.allCases {
            (words + Int(slot.rawValue)).initialize(to: slot.absent)
            (words + Self.count + Int(slot.rawValue)).initialize(to: slot.absent)
        }
    }

    func deallocate() {
        words.deallocate()
    }

    /// Makes every slot absent.
    func clearAll() {
        words.update(from: words + Self.count, count: Self.count)
    }

    @inline(__always)
    func clear(_ slot: Slot) {
        words[Int(slot.rawValue)] = words[Self.count &+ Int(slot.rawValue)]
    }

    @inline(__always)
    func set(_ slot: Slot, _ word: UInt64) {
        words[Int(slot.rawValue)] = word
    }

    @inline(__always)
    func double(_ slot: Slot) -> Double {
        Double(bitPattern: words[Int(slot.rawValue)])
    }

    @inline(__always)
    func float(_ slot: Slot) -> Float {
        Float(bitPattern: UInt32(truncatingIfNeeded: words[Int(slot.rawValue)]))
    }

    /// `Int64.min` where the value is absent.
    @inline(__always)
    func integer(_ slot: Slot) -> Int64 {
        Int64(bitPattern: words[Int(slot.rawValue)])
    }

    @inline(__always)
    func sign(_ slot: Slot) -> Int8 {
        Int8(truncatingIfNeeded: integer(slot))
    }

    /// Position and length of a text within the record's bytes; both 0 where it is absent.
    @inline(__always)
    func text(_ slot: Slot) -> (position: Int, count: Int) {
        let word = words[Int(slot.rawValue)]
        return (Int(word >> 32), Int(word & 0xffff_ffff))
    }
}

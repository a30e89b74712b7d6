/// The survey that published an alert.
public enum Survey: UInt8, Sendable, CaseIterable {
    /// Zwicky Transient Facility: magnitudes, `candid`, filters by number.
    case ztf = 1
    /// Vera C. Rubin Observatory's LSST: fluxes in nJy, `diaSourceId`, bands by letter.
    case lsst = 2

    public var name: String {
        switch self {
        case .ztf: "ztf"
        case .lsst: "lsst"
        }
    }
}

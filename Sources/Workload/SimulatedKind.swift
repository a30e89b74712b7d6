/// What a simulated object really is.
public enum SimulatedKind: UInt8, Sendable, CaseIterable {
    case snIa = 0
    case snII, snIbc, slsnI, tde, rrLyrae, eclipsingBinary, mira, agn, mDwarf, asteroid

    /// The class name as the classifiers spell it; `asteroid` is no class of theirs.
    public var label: String {
        switch self {
        case .snIa: "SNIa"
        case .snII: "SNII"
        case .snIbc: "SNIbc"
        case .slsnI: "SLSN-I"
        case .tde: "TDE"
        case .rrLyrae: "RRL"
        case .eclipsingBinary: "EB"
        case .mira: "Mira"
        case .agn: "AGN"
        case .mDwarf: "M-dwarf"
        case .asteroid: "asteroid"
        }
    }

    /// True for what appears once and fades: its reference image holds at most a host galaxy.
    public var isTransient: Bool {
        switch self {
        case .snIa, .snII, .snIbc, .slsnI, .tde: true
        case .rrLyrae, .eclipsingBinary, .mira, .agn, .mDwarf, .asteroid: false
        }
    }
}

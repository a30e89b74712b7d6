/// A photometric passband, in order of wavelength.
public enum Band: UInt8, Sendable, CaseIterable {
    case u = 0
    case g, r, i, z, y

    /// The band of a ZTF filter number (`fid`: 1 is g, 2 is r, 3 is i); nil for any other number.
    public init?(ztfFilter fid: Int32) {
        switch fid {
        case 1: self = .g
        case 2: self = .r
        case 3: self = .i
        default: return nil
        }
    }

    /// The band of a one-letter name in ASCII, as LSST and most light-curve tables write it.
    public init?(ascii: UInt8) {
        switch ascii {
        case UInt8(ascii: "u"): self = .u
        case UInt8(ascii: "g"): self = .g
        case UInt8(ascii: "r"): self = .r
        case UInt8(ascii: "i"): self = .i
        case UInt8(ascii: "z"): self = .z
        case UInt8(ascii: "y"), UInt8(ascii: "Y"): self = .y
        default: return nil
        }
    }

    /// The ZTF filter number, nil for a band that ZTF does not have.
    public var ztfFilter: Int32? {
        switch self {
        case .g: 1
        case .r: 2
        case .i: 3
        case .u, .z, .y: nil
        }
    }

    public var letter: String {
        switch self {
        case .u: "u"
        case .g: "g"
        case .r: "r"
        case .i: "i"
        case .z: "z"
        case .y: "y"
        }
    }
}

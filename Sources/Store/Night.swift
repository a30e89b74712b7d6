public import Alerts

/// Which night an observation belongs to, as its survey counts nights.
///
/// - ZTF: the UTC date, which turns at 16:00 local time on Palomar; it is the packet's `nid`, floor(jd - 2457754.5), as
///   a date.
/// - LSST: the date of the evening, `dayObs`, which turns at noon UTC (Rubin technote SITCOMTN-032), 08:00 at Cerro
///   Pachon.
public enum Night {
    /// Julian date of 2000-01-01T00:00, the day 0 of PostgreSQL's `date`.
    private static let epoch = 2_451_544.5
    /// The years 1 to 9999; anything outside is no observation.
    private static let days = -730_119.0...2_921_939.0

    /// The night's date as days since 2000-01-01; nil for a jd that is NaN or no plausible date.
    public static func daysSince2000(jd: Double, survey: Survey) -> Int32? {
        let turn =
            switch survey {
            case .ztf: 0.0
            case .lsst: 0.5
            }
        let day = (jd - epoch - turn).rounded(.down)
        return days.contains(day) ? Int32(day) : nil
    }
}

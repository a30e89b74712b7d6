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
    /// The years 1980 to 2099; anything outside is no survey's observation, and each night costs the database a
    /// partition.
    private static let days = -7_305.0...36_524.0

    /// The night of alerts whose jd is no date: PostgreSQL's -infinity.
    public static let unknown = Int32.min

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

    /// The date of a night as PostgreSQL writes it.
    static func text(_ night: Int32) -> String {
        guard night != unknown else { return "-infinity" }
        // Civil date of a day count: Richards' algorithm, Explanatory Supplement to the Astronomical Almanac (2013), 15.11.
        let day = Int(night) + 2_451_545 + 1401 + (((4 * (Int(night) + 2_451_545) + 274_277) / 146_097) * 3) / 4 - 38
        let e = 4 * day + 3
        let h = 5 * (e % 1461 / 4) + 2
        let month = (h / 153 + 2) % 12 + 1
        let year = e / 1461 - 4716 + (14 - month) / 12
        func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(year)-\(padded(month))-\(padded(h % 153 / 5 + 1))"
    }
}

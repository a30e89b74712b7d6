import Alerts

/// The names and numbers that ZTF gives to objects and alerts.
enum SurveyNames {
    /// 26^7: names that seven letters make.
    static let nameCount: UInt64 = 8_031_810_176
    /// Shares no factor with 26, so that the products below run through all names before one comes twice.
    static let nameStep: UInt64 = 4_963_931_807
    /// 2017-01-01 0h, from which ZTF counts its nights.
    static let firstNightJd = 2_457_754.5

    /// "ZTF", the year of the first detection in two digits, and seven letters that scatter the serial number.
    static func objectId(serial: UInt64, jd: Double) -> ObjectId {
        // Both factors are below 2^33, so their product may need more than 64 bits.
        let product = (serial % nameCount).multipliedFullWidth(by: nameStep)
        var rest = nameCount.dividingFullWidth((product.high, product.low)).remainder
        let year = max(0, calendarYear(jd: jd)) % 100
        var name: (UInt64, UInt64) = (0, 0)
        return withUnsafeMutableBytes(of: &name) { bytes in
            bytes[0] = UInt8(ascii: "Z")
            bytes[1] = UInt8(ascii: "T")
            bytes[2] = UInt8(ascii: "F")
            bytes[3] = UInt8(ascii: "0") + UInt8(year / 10)
            bytes[4] = UInt8(ascii: "0") + UInt8(year % 10)
            for index in 5..<12 {
                bytes[index] = UInt8(ascii: "a") + UInt8(rest % 26)
                rest /= 26
            }
            return ObjectId(utf8: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<12])) ?? ObjectId()
        }
    }

    /// The number of an alert as ZTF composes it: days since 2017 to five decimals, readout channel, 15, then 010000
    /// and a counter; raised by as little as needed to stay above `previous`.
    static func candid(jd: Double, rcid: Int, after previous: Int64) -> Int64 {
        let exposure = Int64(((jd - firstNightJd) * 1e5).clipped(to: 0...9e8))
        let pid = exposure * 10_000 + Int64(rcid) * 100 + 15
        return max(pid * 1_000_000 + 10_000, previous + 1)
    }

    /// The Gregorian year of a Julian date (Fliegel and Van Flandern 1968, CACM 11, 657).
    static func calendarYear(jd: Double) -> Int {
        let day = Int((jd + 0.5).clipped(to: 0...10_000_000))
        var days = day + 68_569
        let centuries = 4 * days / 146_097
        days -= (146_097 * centuries + 3) / 4
        let years = 4_000 * (days + 1) / 1_461_001
        days -= 1_461 * years / 4 - 31
        let months = 80 * days / 2_447
        return 100 * (centuries - 49) + years + months / 11
    }
}

import Alerts
import Store
import Testing

struct NightTests {
    /// A packet of jd 2458850.078 has `nid` 1095, which is 2020-01-01 UTC; the night before began at jd 2458848.5.
    @Test func aZTFNightIsTheUTCDate() {
        let day = Int32(7304)  // 2019-12-31 - 2000-01-01
        #expect(Night.daysSince2000(jd: 2_458_848.499_99, survey: .ztf) == day - 1)
        #expect(Night.daysSince2000(jd: 2_458_848.5, survey: .ztf) == day)
        #expect(Night.daysSince2000(jd: 2_458_849.499_99, survey: .ztf) == day)
    }

    @Test func anLSSTNightTurnsAtNoonUTC() {
        let day = Int32(7304)
        #expect(Night.daysSince2000(jd: 2_458_848.999_99, survey: .lsst) == day - 1)
        #expect(Night.daysSince2000(jd: 2_458_849.0, survey: .lsst) == day)
        #expect(Night.daysSince2000(jd: 2_458_849.999_99, survey: .lsst) == day)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e9, 1e9])
    func aJdThatIsNoDateHasNoNight(jd: Double) {
        #expect(Night.daysSince2000(jd: jd, survey: .ztf) == nil)
    }
}

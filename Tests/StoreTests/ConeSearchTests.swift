import Alerts
import Store
import Testing

/// Cone searches against the separation of every alert, through q3c where the server has it and through the index on dec.
struct ConeSearchTests {
    private static let places = [
        (0.0, 0.0), (359.999_9, 10.0), (0.000_1, 10.0), (123.4, 89.9), (300.0, -89.95), (45.0, 45.0), (180.0, -30.0),
    ]

    private static func filled() throws -> Database {
        let database = try Database()
        let claim = try database.claim()
        var generator = SplitMix64(seed: 5)
        var batch = ResultBatch(claim, 0..<2100)
        for offset in Int64(0)..<2100 {
            // Around each place, at distances from a fraction of an arc second to degrees.
            let (ra, dec) = places[Int(offset) % places.count]
            let distance = Double(1 << Int.random(in: 0...16, using: &generator)) / 3600 * 0.3
            var alert = makeAlert(offset, jd: 2_461_368.75 - Double(offset % 3))
            alert.dec = min(90, max(-90, dec + Double.random(in: -distance...distance, using: &generator)))
            alert.ra = (ra + Double.random(in: -distance...distance, using: &generator) + 360)
                .truncatingRemainder(dividingBy: 360)
            batch.skip(alert, claim, offset, "too_few_points")
        }
        _ = try database.writer().write(batch)
        return database
    }

    @Test(arguments: [true, false])
    func aConeHoldsExactlyTheAlertsWithinItsRadius(mayUseQ3C: Bool) throws {
        let database = try Self.filled()
        _ = try database.connection.query("SELECT prepare_cone_search($1)", [.text(mayUseQ3C ? "t" : "f")])
        var found = 0
        for (ra, dec) in Self.places {
            for radius in [0.5, 5, 60, 3600, 20_000] {
                let values: [Parameter] = [.text("\(ra)"), .text("\(dec)"), .text("\(radius)")]
                let cone = try database.connection.query(
                    "SELECT candid FROM cone($1::double precision, $2::double precision, $3) ORDER BY candid", values)
                let all = try database.connection.query(
                    """
                    SELECT candid FROM alert WHERE separation(ra, dec, $1::double precision, $2::double precision) <= $3
                    ORDER BY candid
                    """, values)
                #expect(cone == all, "\(ra) \(dec) \(radius)")
                found += cone.rows.count
            }
        }
        #expect(found > 2000)
    }

    @Test func theSeparationIsTheAngle() throws {
        let connection = try Database().connection
        for (query, expected) in [
            ("SELECT separation(10, 0, 11, 0)", 3600.0), ("SELECT separation(0, 90, 123, 89)", 3600),
            ("SELECT separation(359.5, 0, 0.5, 0)", 3600), ("SELECT separation(10, 60, 12, 60)", 3599.862_919_55),
            ("SELECT separation(0, 0, 180, 0)", 648_000), ("SELECT separation(5, 5, 5, 5)", 0),
        ] {
            let value = try #require(Double(connection.query(SQL(verbatim: query)).scalar ?? ""))
            #expect(abs(value - expected) < 1e-3, "\(query)")
        }
    }
}

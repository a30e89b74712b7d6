import Alerts
import Testing
import Workload

@Suite("Simulator")
struct SimulatorTests {
    struct Run {
        var batch = AlertBatch()
        var kinds: [SimulatedKind] = []
    }

    static func run(
        seed: UInt64 = 1, count: Int = 3_000, nights: Int = 30, mix: SimulatedMix = SimulatedMix()
    ) throws -> Run {
        var simulator = try Simulator(
            configuration: SimulatorConfiguration(seed: seed, alertCount: count, nights: nights, mix: mix))
        var run = Run()
        while let kind = simulator.next(into: &run.batch) { run.kinds.append(kind) }
        return run
    }

    /// Everything about an alert, in a form that compares NaN with NaN.
    static func facts(_ run: Run) -> [String] {
        run.batch.alerts.map { alert in
            "\(alert)" + alert.observations.map { "\(run.batch.detections[$0])" }.joined()
        }
    }

    @Test("one seed gives one stream, another seed another")
    func deterministic() throws {
        let first = try Self.facts(Self.run(seed: 7, count: 500))
        #expect(try Self.facts(Self.run(seed: 7, count: 500)) == first)
        #expect(try Self.facts(Self.run(seed: 8, count: 500)) != first)
    }

    @Test(
        "exactly the alerts asked for come out",
        arguments: [(0, 1), (1, 1), (1, 20), (2_500, 1), (2_500, 5), (2_500, 120)])
    func count(alerts: Int, nights: Int) throws {
        let run = try Self.run(count: alerts, nights: nights)
        #expect(run.batch.count == alerts)
        #expect(run.kinds.count == alerts)
    }

    @Test("alerts ascend in time and candid, and each candid comes once", arguments: [1, 30])
    func order(nights: Int) throws {
        let alerts = try Self.run(nights: nights).batch.alerts
        #expect(zip(alerts, alerts.dropFirst()).allSatisfy { $0.jd <= $1.jd })
        #expect(zip(alerts, alerts.dropFirst()).allSatisfy { $0.candid < $1.candid })
    }

    @Test("alerts stay inside the nights asked for and use most of them")
    func nights() throws {
        let alerts = try Self.run(count: 6_000, nights: 30).batch.alerts
        // A microday of slack for the rounding of dates.
        let offsets = alerts.map { $0.jd - 2_459_300.6 + 1e-6 }
        #expect(offsets.allSatisfy { $0 >= 0 && $0 < 30 })
        #expect(offsets.filter { $0 < 29 }.allSatisfy { $0 - $0.rounded(.down) < 0.45 })
        #expect(offsets.allSatisfy { $0 - $0.rounded(.down) < 0.6 })
        #expect(Set(offsets.map { Int($0) }).count >= 14)
        #expect((offsets.last ?? 0) > 25)
    }

    @Test("a history spans at most 30 days, ascends, and ends with the candidate")
    func history() throws {
        let run = try Self.run()
        let rows = run.batch.detections
        for alert in run.batch.alerts {
            let jd = alert.observations.map { rows.jd[$0] }
            #expect(jd.allSatisfy { $0 <= alert.jd && $0 >= alert.jd - 30 })
            #expect(zip(jd, jd.dropFirst()).allSatisfy { $0 < $1 })
            let last = rows[alert.observations.upperBound - 1]
            #expect(last.origin == .candidate && last.jd == alert.jd && last.band == alert.band)
            #expect(last.magpsf == alert.magpsf && last.sigmapsf == alert.sigmapsf && last.isdiffpos == alert.isdiffpos)
            #expect(alert.observations.dropLast().allSatisfy { rows.origin[$0] != .candidate })
        }
    }

    @Test("histories tile the batch's rows without gaps")
    func tiling() throws {
        let run = try Self.run(count: 500)
        var next = 0
        for alert in run.batch.alerts {
            #expect(alert.observations.lowerBound == next)
            next = alert.observations.upperBound
        }
        #expect(next == run.batch.detections.count)
    }

    @Test("successive alerts of an object agree on what they both saw")
    func successiveHistories() throws {
        let run = try Self.run()
        let rows = run.batch.detections
        var seen: [ObjectId: [Double: Float]] = [:]
        for alert in run.batch.alerts {
            for index in alert.observations where rows.origin[index] != .upperLimit {
                if let earlier = seen[alert.objectId]?[rows.jd[index]] { #expect(earlier == rows.magpsf[index]) }
                seen[alert.objectId, default: [:]][rows.jd[index]] = rows.magpsf[index]
            }
        }
        #expect(seen.values.contains { $0.count > 5 })
    }

    @Test("detections are physical: in range, above the noise, brighter than the limit; upper limits hold a limit only")
    func photometry() throws {
        let rows = try Self.run().batch.detections
        for index in 0..<rows.count {
            let row = rows[index]
            #expect((17...22).contains(row.diffmaglim))
            if row.origin == .upperLimit {
                #expect(row.magpsf.isNaN && row.sigmapsf.isNaN && row.isdiffpos == 0)
            } else {
                #expect((10...21.6).contains(row.magpsf))
                #expect(row.sigmapsf > 0.005 && row.sigmapsf < 0.22)
                #expect(row.magpsf <= row.diffmaglim + 0.001)
                #expect(row.isdiffpos == 1 || row.isdiffpos == -1)
            }
        }
        let limits = rows.origin.count { $0 == .upperLimit }
        #expect(limits > rows.count / 10 && limits < rows.count * 9 / 10)
    }

    @Test("positions lie in ZTF's sky and scores between 0 and 1")
    func contextValues() throws {
        let run = try Self.run()
        for (alert, kind) in zip(run.batch.alerts, run.kinds) {
            #expect((0..<360).contains(alert.ra) && (-30.001...90).contains(alert.dec))
            #expect((0...1).contains(alert.rb) && (0...1).contains(alert.drb) && (0...1).contains(alert.sgscore))
            #expect(alert.distnr >= 0 && alert.distpsnr >= 0)
            #expect(alert.ssdistnr.isNaN == (kind != .asteroid))
        }
        let alerts = run.batch.alerts
        #expect(alerts.contains { $0.dec > 45 } && alerts.contains { $0.dec < 0 })
    }

    @Test("ndethist counts an object's detections and jdstarthist is the first of them")
    func counters() throws {
        let run = try Self.run(count: 6_000, nights: 60)
        var last: [ObjectId: Alert] = [:]
        for alert in run.batch.alerts {
            let inHistory = alert.observations.count { run.batch.detections.origin[$0] != .upperLimit }
            #expect(Int(alert.ndethist) >= inHistory)
            #expect(alert.jdstarthist <= alert.jd)
            if alert.ndethist == 1 { #expect(alert.jdstarthist == alert.jd) }
            if let earlier = last[alert.objectId] {
                #expect(alert.ndethist == earlier.ndethist + 1)
                #expect(alert.jdstarthist == earlier.jdstarthist)
            }
            last[alert.objectId] = alert
        }
        #expect(last.count < run.batch.count)
    }

    @Test("object names are ZTF's: year of the first detection and seven letters, one object each")
    func names() throws {
        let run = try Self.run()
        var places: [ObjectId: (ra: Double, dec: Double)] = [:]
        for alert in run.batch.alerts {
            let name = alert.objectId.description
            #expect(name.wholeMatch(of: /ZTF(20|21)[a-z]{7}/) != nil)
            // 2021-01-01 0h is JD 2459215.5.
            #expect(name.hasPrefix("ZTF21") == (alert.jdstarthist >= 2_459_215.5))
            if let place = places[alert.objectId] {
                #expect(abs(place.dec - alert.dec) < 0.001)
            }
            places[alert.objectId] = (alert.ra, alert.dec)
        }
    }

    @Test("transients brighten only, stars show both signs")
    func signs() throws {
        for kind in SimulatedKind.allCases {
            let signs = try Self.run(count: 400, nights: 60, mix: SimulatedMix(only: kind)).batch.alerts.map(\.isdiffpos)
            switch kind {
            case .rrLyrae, .eclipsingBinary, .mira, .agn: #expect(Set(signs) == [1, -1], "\(kind)")
            default: #expect(signs.allSatisfy { $0 == 1 }, "\(kind)")
            }
        }
    }

    @Test("an asteroid is seen once and has no earlier detection")
    func asteroids() throws {
        let run = try Self.run(count: 400, mix: SimulatedMix(only: .asteroid))
        #expect(Set(run.batch.alerts.map(\.objectId)).count == 400)
        #expect(run.batch.alerts.allSatisfy { $0.ndethist == 1 && $0.ssdistnr < 12.1 })
    }

    @Test("every kind of the mix appears, and a kind without a share does not")
    func mix() throws {
        #expect(Set(try Self.run(count: 4_000).kinds) == Set(SimulatedKind.allCases))
        var mix = SimulatedMix()
        mix[.agn] = 0
        #expect(try !Self.run(count: 2_000, mix: mix).kinds.contains(.agn))
    }

    @Test("a good part of the alerts can be classified: two detections, g and r, at most 90 days old", arguments: [1, 30])
    func selectable(nights: Int) throws {
        let run = try Self.run(count: 5_000, nights: nights)
        let rows = run.batch.detections
        let fitting = run.batch.alerts.count { alert in
            let bands = alert.observations.filter { rows.origin[$0] != .upperLimit }.map { rows.band[$0] }
            return bands.count >= 2 && bands.contains(.g) && bands.contains(.r) && alert.jd - alert.jdstarthist <= 90
        }
        let fraction = Double(fitting) / Double(run.batch.count)
        #expect((0.25...0.75).contains(fraction), "fraction \(fraction)")
    }

    @Test("memory follows the objects in view: one night keeps few of them")
    func bounded() throws {
        var simulator = try Simulator(configuration: SimulatorConfiguration(seed: 3, alertCount: 20_000, nights: 1))
        var batch = AlertBatch()
        var most = 0
        while simulator.next(into: &batch) != nil {
            batch.removeAll()
            most = max(most, simulator.activeObjectCount)
        }
        #expect(most < 5_000, "\(most) objects at once")
    }

    @Test("impossible configurations are refused by name")
    func refusals() throws {
        var none = SimulatedMix()
        for kind in SimulatedKind.allCases { none[kind] = 0 }
        let bad: [(String, SimulatorConfiguration)] = [
            ("alertCount", SimulatorConfiguration(alertCount: -1)),
            ("badPacketFraction", SimulatorConfiguration(badPacketFraction: 1.5)),
            ("badPacketFraction", SimulatorConfiguration(badPacketFraction: .nan)),
            ("startJd", SimulatorConfiguration(startJd: .infinity)),
            ("nights", SimulatorConfiguration(nights: 0)),
            ("mix", SimulatorConfiguration(mix: none)),
        ]
        for (name, configuration) in bad {
            let error = #expect(throws: WorkloadError.self) { try Simulator(configuration: configuration) }
            #expect(error?.description.hasPrefix(name) == true)
        }
    }
}

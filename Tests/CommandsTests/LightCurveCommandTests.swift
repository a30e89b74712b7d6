import Alerts
import AvroCoding
import Foundation
import TestSupport
import Testing

/// Alerts with given histories as files in a folder of their own, all of one object.
private struct Histories {
    let folder: URL
    var svg: String { folder.appending(path: "curve.svg").path }

    struct Row {
        var day: Double
        var band: Band = .r
        /// NaN for an upper limit.
        var magpsf: Float = 18
        var sigmapsf: Float = 0.1
        var isdiffpos: Int8 = 1
    }

    init(_ histories: [[Row]]) throws {
        folder = try Shell.temporaryFolder("lightcurve")
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        for (index, rows) in histories.enumerated() {
            let last = try #require(rows.last)
            var batch = AlertBatch()
            for (position, row) in rows.enumerated() {
                let isLimit = row.magpsf.isNaN
                batch.detections.append(
                    .init(
                        jd: 2_459_000.5 + row.day, band: row.band,
                        origin: position == rows.count - 1 ? .candidate : isLimit ? .upperLimit : .previous,
                        magpsf: row.magpsf, sigmapsf: isLimit ? .nan : row.sigmapsf, diffmaglim: 20.5,
                        isdiffpos: isLimit ? 0 : row.isdiffpos))
            }
            var alert = Alert(
                survey: .ztf, candid: Int64(100 + index), objectId: try #require(ObjectId("ZTF24<&>")), jd: 2_459_000.5 + last.day,
                band: last.band)
            (alert.ra, alert.dec) = (10, 20)
            (alert.magpsf, alert.sigmapsf, alert.isdiffpos) = (last.magpsf, last.sigmapsf, last.isdiffpos)
            alert.jdstarthist = 2_459_000.5
            alert.ndethist = Int32(rows.count)
            alert.observations = 0..<batch.detections.count
            var bytes: [UInt8] = []
            try encoder.encodeMessage(alert, batch.detections, into: &bytes)
            try Data(bytes).write(to: folder.appending(path: "\(index).avro"))
        }
    }

    func run(_ arguments: String...) throws -> (status: Int32, text: String, svg: String) {
        try? FileManager.default.removeItem(atPath: svg)
        let outcome = try Self.draw(["--svg", svg] + arguments + [folder.path], in: folder)
        let picture = (try? String(contentsOfFile: svg, encoding: .utf8)) ?? ""
        return (outcome.status, outcome.status == 0 ? outcome.output : outcome.errors, picture)
    }

    /// Runs the command with an empty configuration, because the one beside the executable may name a model.
    static func draw(_ arguments: [String], in folder: URL) throws -> Executable.Outcome {
        let configuration = folder.appending(path: "empty.yaml")
        try Data("{}".utf8).write(to: configuration)
        return try Executable.run(["lightcurve", "--config", configuration.path] + arguments)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// A rise and fall in g and r over `days`, with upper limits before it.
    static func transient(_ count: Int, days: Double = 30) -> [Row] {
        let limits = (0..<3).map { Row(day: Double($0) - 4, band: .g, magpsf: .nan) }
        return limits + (0..<count).map { index in
            let part = Double(index) / Double(max(1, count - 1))
            return Row(day: part * days, band: index % 2 == 0 ? .r : .g, magpsf: Float(19 - 6 * part * (1 - part)))
        }
    }
}

@Suite struct LightCurveCommandTests {
    @Test func withoutAModelThereIsTheCurve() throws {
        let alerts = try Histories([Histories.transient(12)])
        defer { alerts.remove() }
        let (status, text, svg) = try alerts.run()
        #expect(status == 0)
        for part in ["ZTF24<&>", "candid 100, ztf", "12 detections (g 6, r 6), 3 upper limits", "difference magnitude (AB)", "no model"] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(text.contains("↓") && text.contains("r") && !text.contains("\u{1B}"), "no colours where there is no terminal")
        #expect(svg.contains("ZTF24&lt;&amp;&gt;") && !svg.contains("<&>"))
        #expect(svg.contains("days before the newest observation (jd 2459030.50000)"))
        #expect(svg.components(separatedBy: "<polyline").count == 1 + 2, "a mean in each band")
    }

    @Test func theObjectsNewestAlertIsTakenOrTheOneThatIsAskedFor() throws {
        let alerts = try Histories([Histories.transient(4), Histories.transient(8, days: 50), Histories.transient(6, days: 40)])
        defer { alerts.remove() }
        #expect(try alerts.run("--object", "ZTF24<&>").text.contains("candid 101,"))
        #expect(try alerts.run("--candid", "102").text.contains("candid 102,"))
        #expect(try alerts.run().text.contains("candid 100,"))
        let missing = try alerts.run("--object", "ZTF99zzzzzzz")
        #expect(missing.status == 1 && missing.text.contains("no alert of object ZTF99zzzzzzz among the 3"))
        #expect(try alerts.run("--object", "a", "--candid", "1").status == 64)
        #expect(try alerts.run("--width", "3").status == 64)
    }

    @Test func aNarrowTerminalLosesNoFact() throws {
        let alerts = try Histories([Histories.transient(12)])
        defer { alerts.remove() }
        let lines = try alerts.run("--width", "40", "--height", "10").text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 40 })
        #expect(lines.prefix(6).joined(separator: " ").contains("dec 20.00000, jd 2459030.50000 12 detections (g 6, r 6), 3 upper limits"))
    }

    @Test func whatCannotBeDecodedIsNamedAndTheRestIsSearched() throws {
        let alerts = try Histories([Histories.transient(12)])
        defer { alerts.remove() }
        try Data("Obj\u{1}nonsense".utf8).write(to: alerts.folder.appending(path: "damaged.avro"))
        let outcome = try Histories.draw(["--object", "ZTF24<&>", alerts.folder.path], in: alerts.folder)
        #expect(outcome.status == 3 && outcome.errors.contains("damaged.avro") && outcome.output.contains("candid 100"))
    }

    @Test func aDifferenceBelowTheReferenceIsAFluxWithItsSign() throws {
        var rows = Histories.transient(10)
        rows[rows.count - 1].isdiffpos = -1
        let alerts = try Histories([rows])
        defer { alerts.remove() }
        let flux = try alerts.run()
        #expect(flux.text.contains("difference flux (nJy)") && flux.text.contains(" -"))
        let magnitude = try alerts.run("--axis", "magnitude")
        #expect(magnitude.svg.contains("fainter than the reference") && magnitude.text.contains("G"))
    }

    /// Each is drawn, and says why there is no process where there is none.
    @Test func extremeCurvesAreDrawn() throws {
        let one = [Histories.Row(day: 0)]
        let sameTime = [Histories.Row(day: 0), Histories.Row(day: 0, band: .g, magpsf: 17)]
        let gap = Histories.transient(6) + [Histories.Row(day: 3000, band: .g, magpsf: 17.5)]
        let withoutError = [Histories.Row(day: 0, sigmapsf: 0), Histories.Row(day: 0, sigmapsf: 0), Histories.Row(day: 1)]
        let wild = Histories.transient(5) + [Histories.Row(day: 31, magpsf: -60, sigmapsf: 90), Histories.Row(day: 32)]
        let constant = (0..<8).map { Histories.Row(day: Double($0), band: $0 % 2 == 0 ? .g : .i) }
        let histories: [(rows: [Histories.Row], says: String)] = [
            (one, "1 detection (r 1), first seen 0.0 days before, no Gaussian process: no_time_span"),
            (sameTime, "no Gaussian process: no_time_span"), (Histories.transient(100), "100 detections (g 50, r 50)"),
            (gap, "first seen 3000.0 days before"), (withoutError, "no Gaussian process: not_positive_definite"),
            (wild, "7 detections"), (constant, "8 detections (g 4, i 4)"),
        ]
        let alerts = try Histories(histories.map(\.rows))
        defer { alerts.remove() }
        for (index, history) in histories.enumerated() {
            for axis in ["flux", "magnitude"] {
                let (status, text, svg) = try alerts.run("--candid", "\(100 + index)", "--axis", axis)
                #expect(status == 0 && text.contains(history.says), "\(text)")
                #expect(svg.hasSuffix("</svg>\n") && !svg.contains("nan") && !svg.contains("inf"))
                #expect(text.contains("┬") && text.contains("┤"))
                #expect(text.split(separator: "\n").allSatisfy { $0.count <= 110 })
            }
        }
    }

    @Test(.enabled(if: PublishedModel.isPresent, Comment(rawValue: PublishedModel.absence)))
    func aModelAddsItsInputAndItsProbabilities() throws {
        let alerts = try Histories([Histories.transient(12), [Histories.Row(day: 0)]])
        defer { alerts.remove() }
        let model = alerts.folder.appending(path: "t2.apus").path
        try #require(try Executable.run(["model", "import", PublishedModel.tflitePath, "--output", model]).status == 0)
        let classified = try alerts.run("--candid", "100", "--model", model)
        #expect(classified.status == 0 && classified.text.contains("preset fink-t2"))
        let file = alerts.folder.appending(path: "0.avro").path
        let table = try Executable.run(["classify", "--model", model, "--format", "table", file]).output
        let words = try #require(table.split(separator: "\n").last).split(separator: " ").suffix(2)
        #expect(classified.text.contains(words.joined(separator: " ") + ", by "), "the same class as apus classify says")
        for part in ["Network input (fink-t2)", "Class probabilities", "SLSN-I", "mu-Lens-Single"] {
            #expect(classified.text.contains(part) && classified.svg.contains(part), "\(part)")
        }
        let skipped = try alerts.run("--candid", "101", "--model", model)
        #expect(skipped.status == 0 && skipped.text.contains("skipped: too_few_detections"))
        #expect(!skipped.svg.contains("Network input") && skipped.svg.contains("not given to the network: too_few_detections"))
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func fluxesOfLSSTAreDrawn() throws {
        let folder = try Shell.temporaryFolder("lightcurve")
        defer { try? FileManager.default.removeItem(at: folder) }
        let svg = folder.appending(path: "lsst.svg").path
        let file = try SharedData.path("alerts/lsst/misc/client__part-2-918301.avro")
        let outcome = try Histories.draw(["--object", "170028485706776685", "--svg", svg, file], in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("346 detections (g 79, r 85, i 100, z 82), 395 forced"))
        #expect(try String(contentsOfFile: svg, encoding: .utf8).contains("difference flux (nJy)"))
    }
}

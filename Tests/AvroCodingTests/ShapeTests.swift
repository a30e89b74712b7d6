import Alerts
import AvroCoding
import TestSupport
import Testing

/// A decoder takes bytes of a shape that it has met at once; it must make of them what walking makes of them.
@Suite struct ShapeTests {
    private struct ExpectedRow {
        var jd: Double
        var band: Band
        var magpsf: Float
        var sigmapsf: Float
        var diffmaglim: Float
        var isdiffpos: Int8

        func agrees(with row: Detections.Row) -> Bool {
            func same(_ left: Float, _ right: Float) -> Bool { left == right || left.isNaN && right.isNaN }
            return jd == row.jd && band == row.band && same(magpsf, row.magpsf) && same(sigmapsf, row.sigmapsf)
                && same(diffmaglim, row.diffmaglim) && isdiffpos == row.isdiffpos
                && row.origin == (magpsf.isNaN ? .upperLimit : .previous)
        }
    }

    private static let schema = alertSchema(
        extra: """
            {"name":"prv_candidates","type":{"type":"array","items":{"type":"record","name":"row","fields":[
            {"name":"jd","type":"double"},{"name":"pid","type":"long"},{"name":"file","type":["null","string"]},
            {"name":"fid","type":"int"},{"name":"nid","type":["long","null"]},{"name":"good","type":"boolean"},
            {"name":"magpsf","type":["float","null"]},{"name":"sigmapsf","type":["null","double"]},
            {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["A","B"]}},
            {"name":"isdiffpos","type":["string","null"]},{"name":"diffmaglim","type":["null","int","float"]}]}}}
            """)

    /// A long that takes any number of bytes from 1 to 10.
    private func anyLong(_ random: inout SplitMix64) -> Int64 {
        Int64(bitPattern: UInt64.random(in: .min ... .max, using: &random)) >> Int64.random(in: 0..<64, using: &random)
    }

    private func appendRow(_ writer: inout Writer, _ random: inout SplitMix64) -> ExpectedRow {
        var row = ExpectedRow(
            jd: .random(in: 2e6...3e6, using: &random), band: [.g, .r, .i].randomElement(using: &random) ?? .g,
            magpsf: .nan, sigmapsf: .nan, diffmaglim: .nan, isdiffpos: 0)
        writer.double(row.jd)
        writer.integer(anyLong(&random))
        writer.integer(Bool.random(using: &random) ? 1 : 0)
        if writer.bytes.last == 2 { writer.text(String(repeating: "x", count: .random(in: 0..<150, using: &random))) }
        writer.integer(Int64(row.band.rawValue))
        writer.integer(Bool.random(using: &random) ? 0 : 1)
        if writer.bytes.last == 0 { writer.integer(anyLong(&random)) }
        writer.bytes.append(.random(in: 0...1, using: &random))
        if Bool.random(using: &random) {
            row.magpsf = .random(in: 10...20, using: &random)
            writer.integer(0)
            writer.float(row.magpsf)
        } else {
            writer.integer(1)
        }
        if Bool.random(using: &random) {
            row.sigmapsf = .random(in: 0...1, using: &random)
            writer.integer(1)
            writer.double(Double(row.sigmapsf))
        } else {
            writer.integer(0)
        }
        writer.integer(.random(in: 0...1, using: &random))
        if Bool.random(using: &random) {
            row.isdiffpos = Bool.random(using: &random) ? 1 : -1
            writer.integer(0)
            writer.text(row.isdiffpos == 1 ? "t" : "f")
        } else {
            writer.integer(1)
        }
        switch Int.random(in: 0..<3, using: &random) {
        case 0: writer.integer(0)
        case 1:
            row.diffmaglim = Float(Int.random(in: -300...300, using: &random))
            writer.integer(1)
            writer.integer(Int64(row.diffmaglim))
        default:
            row.diffmaglim = .random(in: 10...20, using: &random)
            writer.integer(2)
            writer.float(row.diffmaglim)
        }
        return row
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `Rows of many shapes, met once or often, are read as they were written`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let decoder = AlertDecoder()
        // Few different rows, then all kinds: the table of shapes is right while it serves, fills and is replaced.
        var stock: [(bytes: [UInt8], row: ExpectedRow)] = []
        for _ in 0..<12 {
            var writer = Writer()
            let row = appendRow(&writer, &random)
            stock.append((writer.bytes, row))
        }
        for round in 0..<300 {
            var writer = Writer()
            var expected: [ExpectedRow] = []
            writer.alert()
            let count = Int.random(in: 1...40, using: &random)
            writer.integer(Int64(count))
            for _ in 0..<count {
                if round % 3 < 2, let known = stock.randomElement(using: &random) {
                    writer.bytes += known.bytes
                    expected.append(known.row)
                } else {
                    expected.append(appendRow(&writer, &random))
                }
            }
            writer.integer(0)
            var batch = AlertBatch()
            _ = try decoder.decode(try Writer.container(schema: Self.schema, writer.bytes), into: &batch)
            try #require(batch.detections.count == count + 1)
            let wrong = expected.indices.filter { !expected[$0].agrees(with: batch.detections[$0]) }
            #expect(wrong.isEmpty, "round \(round), rows \(wrong)")
        }
    }

    private func outcome(_ bytes: [UInt8], _ decoder: AlertDecoder) -> String {
        var batch = AlertBatch()
        do {
            _ = try decoder.decode(bytes, into: &batch)
            return jsonLines(batch, file: "")
        } catch {
            return "\(error)"
        }
    }

    @Test(
        .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)),
        arguments: [
            packetPath, "alerts/ztf/raw/4.02/boom__ZTF18abudxnw_2695378462115010012.avro",
            "alerts/lsst/v9_0/169298432598474839_169298432598474839.avro",
        ])
    func `A decoder that knows a packet's shapes makes the same of damaged copies as a new one`(path: String) throws {
        let packet = try sharedBytes(path)
        let decoder = AlertDecoder()
        #expect(outcome(packet, decoder) == outcome(packet, AlertDecoder()))
        var random = SplitMix64(seed: 7)
        let body = try #require(try ContainerParts(packet).onlyRecord)
        var changed = 0
        for trial in 0..<400 {
            var damaged = packet
            // The candidate and its history come first.
            let place = Int.random(in: body.prefix(8_000), using: &random)
            damaged[place] = trial % 2 == 0 ? damaged[place] ^ (1 << UInt8.random(in: 0..<8, using: &random)) : 0
            let result = outcome(damaged, decoder)
            if result != outcome(packet, decoder) { changed += 1 }
            #expect(result == outcome(damaged, AlertDecoder()), "byte \(place)")
        }
        // Most bytes belong to fields that nobody needs.
        #expect(changed > 0)
    }
}

import Alerts
import AvroCoding
import Testing

/// An alert with `history` rows, each optional value present in about three of four cases.
func randomAlert(_ random: inout SplitMix64, history: Int, into batch: inout AlertBatch) {
    func optional(_ range: ClosedRange<Float>, _ random: inout SplitMix64) -> Float {
        Int.random(in: 0..<4, using: &random) == 0 ? .nan : Float.random(in: range, using: &random)
    }
    let bands: [Band] = [.g, .r, .i]
    let first = batch.detections.count
    for _ in 0..<history {
        let magpsf = optional(14...21, &random)
        batch.detections.append(
            Detections.Row(
                jd: .random(in: 2_458_000...2_460_000, using: &random), band: bands.randomElement(using: &random) ?? .g,
                origin: magpsf.isNaN ? .upperLimit : .previous, magpsf: magpsf, sigmapsf: optional(0...1, &random),
                diffmaglim: optional(18...22, &random), isdiffpos: Int8.random(in: -1...1, using: &random)))
    }
    var alert = Alert(
        survey: .ztf, candid: Int64.random(in: Int64.min + 1...Int64.max, using: &random),
        objectId: ObjectId("ZTF\(Int.random(in: 10...99, using: &random))abcdefg") ?? ObjectId(),
        jd: .random(in: 2_458_000...2_460_000, using: &random), band: bands.randomElement(using: &random) ?? .g)
    alert.ra = .random(in: 0...360, using: &random)
    alert.dec = .random(in: -90...90, using: &random)
    alert.magpsf = optional(14...21, &random)
    alert.sigmapsf = optional(0...1, &random)
    alert.isdiffpos = Int8.random(in: -1...1, using: &random)
    alert.jdstarthist = Bool.random(using: &random) ? .nan : .random(in: 2_458_000...2_460_000, using: &random)
    alert.ndethist = Int32.random(in: -1...1000, using: &random)
    alert.rb = optional(0...1, &random)
    alert.drb = optional(0...1, &random)
    alert.ssdistnr = optional(0...30, &random)
    alert.distnr = optional(0...30, &random)
    alert.magnr = optional(10...22, &random)
    alert.sgscore = optional(0...1, &random)
    alert.distpsnr = optional(0...30, &random)
    batch.detections.append(
        Detections.Row(
            jd: alert.jd, band: alert.band, origin: .candidate, magpsf: alert.magpsf, sigmapsf: alert.sigmapsf,
            diffmaglim: optional(18...22, &random), isdiffpos: alert.isdiffpos))
    alert.observations = first..<batch.detections.count
    batch.alerts.append(alert)
}

@Suite struct EncoderTests {
    @Test func `Encoding and decoding gives back the alerts and their rows`() throws {
        var random = SplitMix64(seed: 20)
        var batch = AlertBatch()
        for index in 0..<300 { randomAlert(&random, history: index % 40, into: &batch) }
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        let decoder = AlertDecoder()
        var decoded = AlertBatch()
        var message: [UInt8] = []
        for alert in batch.alerts {
            try encoder.encodeMessage(alert, batch.detections, into: &message)
            #expect(try decoder.decode(message, into: &decoded) == 1)
        }
        #expect(jsonLines(decoded, file: "") == jsonLines(batch, file: ""))
    }

    @Test(arguments: [ContainerWriter.Codec.null, .deflate])
    func `A container of many blocks gives back its alerts`(codec: ContainerWriter.Codec) throws {
        var random = SplitMix64(seed: 21)
        var batch = AlertBatch()
        for index in 0..<200 { randomAlert(&random, history: index % 30, into: &batch) }
        func container() throws -> [UInt8] {
            var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
            var writer = ContainerWriter(schema: ZTFSchema.simulated, codec: codec, seed: 7, blockBytes: 4096)
            var bytes: [UInt8] = []
            var body: [UInt8] = []
            writer.appendHeader(to: &bytes)
            for alert in batch.alerts {
                try encoder.encodeBody(alert, batch.detections, into: &body)
                try writer.append(body, to: &bytes)
            }
            try writer.finish(to: &bytes)
            return bytes
        }
        var decoded = AlertBatch()
        #expect(try AlertDecoder().decode(try container(), into: &decoded) == 200)
        #expect(jsonLines(decoded, file: "") == jsonLines(batch, file: ""))
        #expect(try container() == container())
    }

    @Test func `What the schema has no place for is an error`() throws {
        var random = SplitMix64(seed: 22)
        var encoder = AlertEncoder(publisher: "test", schemaVersion: "3.3")
        var bytes: [UInt8] = []
        var plain = AlertBatch()
        randomAlert(&random, history: 3, into: &plain)
        var lsst = plain.alerts[0]
        lsst.survey = .lsst
        #expect(throws: AvroError.self) { try encoder.encodeMessage(lsst, plain.detections, into: &bytes) }
        var other = plain.alerts[0]
        other.jd += 1
        #expect(throws: AvroError.self) { try encoder.encodeMessage(other, plain.detections, into: &bytes) }
        var forced = AlertBatch()
        forced.detections.append(Detections.Row(jd: 1, band: .g, origin: .forced, flux: 1, fluxErr: 1))
        randomAlert(&random, history: 0, into: &forced)
        var alert = forced.alerts[0]
        alert.observations = 0..<2
        #expect(throws: AvroError.self) { try encoder.encodeMessage(alert, forced.detections, into: &bytes) }
    }
}

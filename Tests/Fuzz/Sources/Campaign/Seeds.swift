import Alerts
import AvroCoding
import Foundation

/// Sound inputs to start from: the packets below a data folder, or generated ones where there is none.
struct Seeds {
    /// Messages as surveys and brokers send them, and where their schema has ended.
    private(set) var messages: [(bytes: [UInt8], headerEnd: Int)] = []
    /// The bodies of single records and their schemas, whatever compression they came in.
    private(set) var records: [(schema: Int, content: [UInt8])] = []
    private(set) var schemas: [[UInt8]] = []

    /// - Parameter data: a folder with `alerts/`, or nil.
    init(data: URL?) throws {
        for path in Self.files(below: data?.appending(path: "alerts")) {
            guard let contents = FileManager.default.contents(atPath: path), contents.count < 1 << 20 else { continue }
            add([UInt8](contents))
        }
        if messages.isEmpty { try generate() }
        let frames = messages.filter { $0.bytes.first == 0 && $0.bytes.count > 5 }
        let folder = SchemaFolder(path: data?.appending(path: "schemas/lsst").path)
        for frame in frames {
            // The same record in single-object encoding.
            let id = frame.bytes[1..<5].reduce(0) { $0 << 8 | Int32($1) }
            guard let schema = try? data == nil ? AvroSchema(json: Self.lsstSchema) : folder.schema(id: id) else {
                continue
            }
            let head = withUnsafeBytes(of: schema.fingerprint.littleEndian) { Array($0) }
            add([0xc3, 0x01] + head + frame.bytes[5...])
        }
        for (bytes, _) in messages where bytes.first == 0x4f {
            guard let reader = try? MessageReader(bytes: bytes) else { continue }
            var message: [UInt8] = []
            while (try? reader.next(into: &message)) == true, let parts = Container.parts(message),
                let content = parts.content
            {
                let schema = Array(message[parts.schema])
                let index = schemas.firstIndex(of: schema) ?? schemas.count
                if index == schemas.count { schemas.append(schema) }
                records.append((index, Array(message[content])))
            }
        }
    }

    private mutating func add(_ bytes: [UInt8]) {
        messages.append((bytes, bytes.first == 0x4f ? Container.parts(bytes)?.headerEnd ?? 0 : 0))
    }

    private static func files(below folder: URL?) -> [String] {
        guard let folder, let walk = FileManager.default.enumerator(atPath: folder.path) else { return [] }
        return walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".avro") }.sorted()
            .map { folder.appending(path: $0).path }
    }

    /// Alerts of the module's own encoder in every codec, and LSST packets of a small schema.
    private mutating func generate() throws {
        var random = SplitMix64(seed: 1)
        var encoder = AlertEncoder(publisher: "fuzz", schemaVersion: "3.3")
        for codec in Compression.allCases {
            for history in [0, 1, 5, 40] {
                let batch = Self.alert(&random, history: history)
                var body: [UInt8] = []
                try encoder.encodeBody(batch.alerts[0], batch.detections, into: &body)
                let ztf = Container.bytes(
                    schema: Array(ZTFSchema.simulated.utf8), codec: codec, recordCount: 1, content: body)
                add(ztf)
                let source = Self.lsst(history: history, &random)
                let lsst = Container.bytes(
                    schema: Array(Self.lsstSchema.utf8), codec: codec, recordCount: 1, content: source)
                add(lsst)
                if codec == .null { add([0, 0, 0, 3, 133] + source) }
            }
        }
    }

    private static func alert(_ random: inout SplitMix64, history: Int) -> AlertBatch {
        var batch = AlertBatch()
        for index in 0..<history {
            let isDetection = random.below(3) > 0
            batch.detections.append(
                Detections.Row(
                    jd: 2_460_000 + Double(index), band: random.below(2) == 0 ? .g : .r,
                    origin: isDetection ? .previous : .upperLimit, magpsf: isDetection ? 18 : .nan,
                    sigmapsf: isDetection ? 0.1 : .nan, diffmaglim: 20, isdiffpos: isDetection ? 1 : 0))
        }
        var alert = Alert(survey: .ztf, candid: 1, objectId: ObjectId(77), jd: 2_460_100, band: .g)
        (alert.ra, alert.dec, alert.magpsf, alert.sigmapsf, alert.isdiffpos) = (10, -5, 18, 0.1, 1)
        batch.detections.append(
            Detections.Row(
                jd: alert.jd, band: .g, origin: .candidate, magpsf: 18, sigmapsf: 0.1, diffmaglim: 20, isdiffpos: 1))
        alert.observations = 0..<history + 1
        batch.alerts.append(alert)
        return batch
    }

    /// A record of `lsstSchema`.
    private static func lsst(history: Int, _ random: inout SplitMix64) -> [UInt8] {
        var bytes: [UInt8] = []
        func double(_ value: Double) { withUnsafeBytes(of: value) { bytes += $0 } }
        func float(_ value: Float) { withUnsafeBytes(of: value) { bytes += $0 } }
        func source(_ id: Int64) {
            Container.append(id, to: &bytes)
            bytes += [2]
            Container.append(99, to: &bytes)
            double(60_000 + Double(id))
            double(10)
            double(-5)
            bytes += [2]
            float(Float(random.below(1000)))
            bytes += [0, 2, UInt8(ascii: "r")]
        }
        Container.append(1, to: &bytes)
        source(100)
        bytes += [2]
        if history > 0 {
            Container.append(Int64(history), to: &bytes)
            for index in 0..<history { source(Int64(index)) }
        }
        return bytes + [0, 0]
    }

    static let lsstSchema = """
        {"type":"record","name":"alert","namespace":"lsst.v9_1","fields":[{"name":"alertId","type":"long"},
        {"name":"diaSource","type":{"type":"record","name":"diaSource","fields":[{"name":"diaSourceId","type":"long"},
        {"name":"diaObjectId","type":["null","long"]},{"name":"midpointMjdTai","type":"double"},
        {"name":"ra","type":"double"},{"name":"dec","type":"double"},{"name":"psfFlux","type":["null","float"]},
        {"name":"psfFluxErr","type":["null","float"]},{"name":"band","type":"string"}]}},
        {"name":"prvDiaSources","type":["null",{"type":"array","items":"diaSource"}]},
        {"name":"cutout","type":["null","bytes"]}]}
        """

    // MARK: - Files for the fuzzer

    /// Writes the corpus of libFuzzer and the schemas that inputs refer to.
    func write(corpus: URL, schemas folder: URL, data: URL?) throws {
        let files = FileManager.default
        for path in [corpus, folder.appending(path: "body")] {
            try files.createDirectory(at: path, withIntermediateDirectories: true)
        }
        for (index, schema) in schemas.enumerated() {
            let name = String(1000 + index).dropFirst()
            try Data(schema).write(to: folder.appending(path: "body/\(name).json"))
            try Data([UInt8(ascii: "S")] + schema).write(to: corpus.appending(path: "schema-\(name)"))
        }
        // A few packets of each schema and size are enough: the fuzzer drops what adds no coverage.
        for (index, message) in messages.enumerated() where message.bytes.count < 200_000 && index % 8 == 0 {
            try Data(message.bytes).write(to: corpus.appending(path: "message-\(index)"))
            if index % 32 == 0 {
                for mode in "MW".utf8 {
                    try Data([mode] + message.bytes).write(to: corpus.appending(path: "mode\(mode)-\(index)"))
                }
            }
        }
        for (index, record) in records.enumerated() where index % 8 == 0 && record.schema < 256 {
            let codec = UInt8(index / 8 % Compression.allCases.count)
            try Data([UInt8(ascii: "B"), codec, UInt8(record.schema), 1] + record.content.prefix(12_000))
                .write(to: corpus.appending(path: "body-\(index)"))
        }
        let lsst = folder.appending(path: "lsst")
        guard !files.fileExists(atPath: lsst.path) else { return }
        if let data, files.fileExists(atPath: data.appending(path: "schemas/lsst").path) {
            try files.createSymbolicLink(at: lsst, withDestinationURL: data.appending(path: "schemas/lsst"))
        } else {
            try files.createDirectory(at: lsst.appending(path: "9/1"), withIntermediateDirectories: true)
            try Data(Self.lsstSchema.utf8).write(to: lsst.appending(path: "9/1/lsst.v9_1.alert.avsc"))
        }
    }
}

import Alerts
import AvroCoding

/// Gives bytes to every entry of AvroCoding and ends the process at the first broken promise (docs/robustness.md).
///
/// The first byte says what the rest is:
///
/// | first byte | the rest |
/// |---|---|
/// | `M` | a file for `MessageReader`, whose messages are then decoded |
/// | `W` | a message for `RecordRewriter` |
/// | `S` | a schema's JSON |
/// | `B` | codec, schema, record count, a byte each, then a block's content |
/// | any other | it and the rest are a message: `O` begins a container, 0 a Confluent frame, C3 a single object |
final class Inspector {
    /// How often something came out, by the kind of the error, for a campaign's report.
    private(set) var outcomes: [String: Int] = [:]
    private(set) var slowest = Slowest()
    /// Most bytes held for each byte of a message, of messages of 64 kB and more, uncompressed.
    private(set) var heaviest = 0.0

    struct Slowest {
        var nanoseconds: UInt64 = 0
        var entry = ""
        var byteCount = 0
    }

    private let resources: Resources
    private let schemas: SchemaSource
    /// Lives as long as the process, as a worker's does: dirt of one input must not show in the next.
    private let keptDecoder: AlertDecoder
    private let keptRewriter = RecordRewriter()
    private var keptBatch = AlertBatch()
    private var otherBatch = AlertBatch()
    private var sentinel = AlertBatch()
    private var message: [UInt8] = []
    private var rewritten: [UInt8] = []

    init(resources: Resources) {
        self.resources = resources
        schemas = resources.schemaFolder?.source ?? SchemaSource()
        keptDecoder = AlertDecoder(schemas: schemas)
        sentinel = Self.makeSentinel()
        keptBatch = sentinel
    }

    func inspect(_ input: UnsafeRawBufferPointer) {
        let rest = UnsafeRawBufferPointer(rebasing: input.dropFirst())
        switch input.first {
        case UInt8(ascii: "M"): inspectReader(rest)
        case UInt8(ascii: "W"): inspectRewriter(rest)
        case UInt8(ascii: "S"): inspectSchema(rest)
        case UInt8(ascii: "B"): inspectBody(rest)
        default: inspectMessage(input)
        }
    }

    // MARK: - Messages

    func inspectMessage(_ bytes: UnsafeRawBufferPointer) {
        let first = decode(bytes, keptDecoder, &keptBatch)
        note(first)
        checkContent(keptBatch, added: first)
        otherBatch = sentinel
        let second = decode(bytes, keptDecoder, &otherBatch)
        check(first == second, "the second decoding gives \(second), the first gave \(first)")
        check(same(keptBatch, otherBatch), "the second decoding gives other values")
        // A decoder of its own costs a compilation of the schema, so real packets get one now and then only; which of
        // them depends on the bytes, so that a finding can be repeated.
        if bytes.count < 4096 || digest(bytes) % 64 == 0 { inspectFresh(bytes, expected: first) }
        keptBatch.truncate(alerts: sentinel.count, detections: sentinel.detections.count)
        check(same(keptBatch, sentinel), "what was in the batch before has changed")
    }

    /// Decodes with a decoder that has seen nothing, and weighs what it holds afterwards.
    private func inspectFresh(_ bytes: UnsafeRawBufferPointer, expected: Outcome) {
        let before = Heap.allocatedBytes
        let decoder = AlertDecoder(schemas: schemas)
        var batch = AlertBatch()
        let outcome = decode(bytes, decoder, &batch)
        let held = Heap.allocatedBytes - before
        check(outcome == expected, "a fresh decoder gives \(outcome), the kept one \(expected)")
        check(
            batch.count == keptBatch.count - sentinel.count
                && batch.detections.count == keptBatch.detections.count - sentinel.detections.count,
            "a fresh decoder gives another number of alerts or rows")
        let isCompressed = Container.isCompressed(bytes)
        if !isCompressed, bytes.count >= 65_536 { heaviest = max(heaviest, Double(held) / Double(bytes.count)) }
        let limit = Promise.heldBytes(messageBytes: bytes.count, isCompressed: isCompressed)
        check(held <= limit, "decoder and batch hold \(held) bytes after a message of \(bytes.count), limit \(limit)")
    }

    private func decode(
        _ bytes: UnsafeRawBufferPointer, _ decoder: AlertDecoder, _ batch: inout AlertBatch
    ) -> Outcome {
        let alerts = batch.count
        let rows = batch.detections.count
        let outcome = timed("decode", bytes) { () throws(AvroError) in
            try decoder.decode(bytes.bytes, into: &batch)
        }
        switch outcome {
        case .success(let count):
            check(count > 0 && batch.count == alerts + count, "\(count) alerts reported, \(batch.count - alerts) added")
            check(batch.detections.count - rows <= Promise.maximumRows, "more rows than a message may have")
        case .failure(let error):
            check(batch.count == alerts && batch.detections.count == rows, "an error left something: \(error)")
        }
        return outcome
    }

    // MARK: - Other entries

    private func inspectReader(_ bytes: UnsafeRawBufferPointer) {
        let opened = timed("MessageReader", bytes) { () throws(AvroError) in
            try MessageReader(bytes: Array(bytes))
        }
        guard case .success(let reader) = opened else { return note(opened.map { _ in 0 }) }
        // A hostile file can hold as many tiny records as it has bytes; what each costs is seen in the first ones.
        for _ in 0..<16 {
            var message: [UInt8] = []
            swap(&message, &self.message)
            defer { swap(&message, &self.message) }
            let next = timed("next", bytes) { () throws(AvroError) in try reader.next(into: &message) }
            guard case .success(true) = next else { return note(next.map { _ in 0 }) }
            message.withUnsafeBytes { inspectMessage($0) }
        }
    }

    private func inspectRewriter(_ bytes: UnsafeRawBufferPointer) {
        let outcome = timed("rewrite", bytes) { () throws(AvroError) in
            try keptRewriter.rewrite(bytes.bytes, candid: 77, jdShift: 0.5, into: &rewritten)
        }
        note(outcome.map { 0 })
        guard case .success = outcome else { return }
        // What was decodable before is so afterwards, under its new name.
        keptBatch.truncate(alerts: sentinel.count, detections: sentinel.detections.count)
        otherBatch = sentinel
        guard case .success(1) = decode(bytes, keptDecoder, &keptBatch) else {
            keptBatch.truncate(alerts: sentinel.count, detections: sentinel.detections.count)
            return
        }
        let again = rewritten.withUnsafeBytes { decode($0, keptDecoder, &otherBatch) }
        check(again == .success(1), "a rewritten message gives \(again)")
        check(otherBatch.detections.count == keptBatch.detections.count, "rewriting changed the number of rows")
        if let alert = otherBatch.alerts.last, let original = keptBatch.alerts.last {
            check(alert.survey != .ztf || alert.candid == 77, "rewriting left candid \(alert.candid)")
            check(alert.jd == original.jd + 0.5 || alert.survey != .ztf, "rewriting left jd \(alert.jd)")
        }
        keptBatch.truncate(alerts: sentinel.count, detections: sentinel.detections.count)
    }

    private func inspectSchema(_ bytes: UnsafeRawBufferPointer) {
        let json = Array(bytes)
        let before = Heap.allocatedBytes
        let parsed = timed("schema", bytes) { () throws(AvroError) in try AvroSchema(json: json) }
        note(parsed.map { _ in 0 })
        guard case .success(let schema) = parsed else { return }
        let fingerprint = timed("fingerprint", bytes) { () throws(AvroError) in schema.fingerprint }
        note(fingerprint.map { _ in 0 })
        let plan = timed("plan", bytes) { () throws(AvroError) in try DecodePlan(alertSchema: schema) }
        note(plan.map { _ in 0 })
        let held = Heap.allocatedBytes - before
        check(held <= Promise.heldBytes(schemaBytes: json.count), "schema and plan of \(json.count) bytes hold \(held)")
        guard json.count < 4096, case .success(let compiled) = plan else { return }
        check(!compiled.description.isEmpty, "a plan without a description")
        if case .success(let again) = Result(catching: { () throws(AvroError) in try AvroSchema(json: json) }) {
            check(again.root == schema.root && again.named == schema.named, "one text, two schemas")
        }
    }

    /// A container around a block's content, so that the mutations reach the records behind compression and checksums.
    private func inspectBody(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 3, !resources.schemas.isEmpty else { return }
        let codec = Compression.allCases[Int(bytes[0]) % Compression.allCases.count]
        let schema = resources.schemas[Int(bytes[1]) % resources.schemas.count]
        let container = Container.bytes(
            schema: schema, codec: codec, recordCount: Int64(bytes[2]), content: Array(bytes.dropFirst(3)))
        container.withUnsafeBytes { inspectMessage($0) }
    }

    // MARK: - Helpers

    typealias Outcome = Result<Int, AvroError>

    private func note(_ outcome: Outcome) {
        switch outcome {
        case .success: outcomes["accepted", default: 0] += 1
        case .failure(let error): outcomes[error.kind, default: 0] += 1
        }
    }

    private func timed<Value>(
        _ entry: String, _ bytes: UnsafeRawBufferPointer, _ body: () throws(AvroError) -> Value
    ) -> Result<Value, AvroError> {
        let start = ThreadClock.nanoseconds
        let result = Result(catching: body)
        let elapsed = ThreadClock.nanoseconds - start
        if elapsed > slowest.nanoseconds {
            slowest = Slowest(nanoseconds: elapsed, entry: entry, byteCount: bytes.count)
        }
        if elapsed > Promise.nanoseconds(byteCount: bytes.count, isCompressed: false) {
            let limit = Promise.nanoseconds(byteCount: bytes.count, isCompressed: Container.isCompressed(bytes))
            let (took, allowed) = (elapsed / 1_000_000, limit / 1_000_000)
            check(elapsed <= limit, "\(entry) of \(bytes.count) bytes took \(took) ms of CPU, limit \(allowed)")
        }
        return result
    }

    private func digest(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        // FNV-1a over a sample: the choice need not be a good one, only the same one each time.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 512)) {
            hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3
        }
        return hash >> 20
    }

    private static func makeSentinel() -> AlertBatch {
        var batch = AlertBatch()
        batch.detections.append(Detections.Row(jd: 2_460_000.5, band: .g, origin: .previous, magpsf: 18))
        batch.detections.append(Detections.Row(jd: 2_460_001.5, band: .r, origin: .candidate, magpsf: 17))
        var alert = Alert(survey: .ztf, candid: 5, objectId: ObjectId(7), jd: 2_460_001.5, band: .r)
        alert.observations = 0..<2
        batch.alerts.append(alert)
        return batch
    }
}

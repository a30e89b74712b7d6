import Alerts
import Store

/// One writer of the store's benchmark, with its connection, its Kafka partitions and its seeded stream.
///
// SAFETY: each worker is used by one thread at a time, the one whose number it has.
final class StoreBenchWorker: @unchecked Sendable {
    private let writer: ResultWriter
    private let claims: [StreamOffsets.Claim]
    private let load: StoreBench.Load
    private let batchSize: Int
    private let classCount: Int
    private var batch = ResultBatch()
    private var random: UInt64
    private var nextOffset: Int64
    private var nextCandid: Int64
    private let firstCandid: Int64

    private static let objects: UInt64 = 400_000
    /// 2026-11-24, as a Julian date at Palomar's midnight.
    private static let jd = 2_461_368.8

    init(connection: Connection, number: Int, load: StoreBench.Load, batchSize: Int, classes: [String]) throws {
        let models = ModelRegistry(connection)
        let modelId = try models.register(
            name: "bench", sha256: String(repeating: "b", count: 64), preset: "observations-1", classes: classes)
        let topic = "\(load.rawValue)-\(batchSize)-\(number)-\(connection.serverProcess)"
        claims = try StreamOffsets(connection).claim(
            (0..<Int32(StoreBench.partitions)).map { (topic: topic, partition: $0) })
        writer = try ResultWriter(connection, modelId: modelId)
        self.load = load
        self.batchSize = batchSize
        classCount = classes.count
        random = UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15
        nextOffset = 0
        // The number of the server's process keeps the candids of all workers apart.
        firstCandid = Int64(connection.serverProcess) << 32
        nextCandid = firstCandid
    }

    /// - Returns: alerts consumed, and alerts stored with their classification.
    func write(until deadline: ContinuousClock.Instant) throws -> (consumed: Int, stored: Int) {
        var consumed = 0
        var stored = 0
        while ContinuousClock.now < deadline {
            fill()
            let summary = try writer.write(batch)
            consumed += summary.consumed
            stored += summary.classified
        }
        return (consumed, stored)
    }

    private func fill() {
        batch.removeAll()
        for claim in claims {
            batch.offsets.append(
                .init(
                    topicId: claim.topicId, partition: claim.partition, generation: claim.generation,
                    firstOffset: nextOffset, nextOffset: nextOffset + Int64(batchSize)))
        }
        for index in 0..<batchSize {
            let claim = claims[index % claims.count]
            let source = ResultBatch.Source(
                topicId: claim.topicId, partition: claim.partition, offset: nextOffset + Int64(index), alertIndex: 0,
                timestampMs: 1_795_500_000_000)
            batch.append(makeAlert(), from: source, outcome: .classified(row: Int32(index)))
            for place in 0..<classCount {
                batch.probabilities.append(Float(next() % 1000) / (place == Int(next() % 14) ? 1000 : 14_000))
            }
        }
        nextOffset += Int64(batchSize)
    }

    private func makeAlert() -> Alert {
        let dice = next() % 100
        let object = next() % Self.objects
        var candid = nextCandid
        var objectId = ObjectId(Int64(170_000_000 + object))
        if load != .clean, dice < 10, nextCandid > firstCandid {
            candid = firstCandid + Int64(next() % UInt64(nextCandid - firstCandid))
        } else {
            nextCandid += 1
            if load == .refused, dice == 99 { candid = -candid }
            if load == .poisoned, dice == 99 {
                let bytes: [UInt8] = [0x5A, 0xFF, 0x54]
                objectId = bytes.withUnsafeBytes { ObjectId(utf8: $0) } ?? objectId
            }
        }
        var alert = Alert(survey: .ztf, candid: candid, objectId: objectId, jd: Self.jd, band: dice < 50 ? .g : .r)
        alert.ra = Double(object) / Double(Self.objects) * 360
        alert.dec = Double(object &* 7919 % Self.objects) / Double(Self.objects) * 120 - 30
        alert.magpsf = 18 + Float(dice) / 50
        alert.sigmapsf = 0.1
        alert.isdiffpos = 1
        alert.rb = 0.9
        alert.drb = 0.99
        return alert
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    private func next() -> UInt64 {
        random &+= 0x9E37_79B9_7F4A_7C15
        var z = random
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

import Alerts
import AvroCoding

// One pass of each decoder over the packets, and the counts that need no clock.
extension DecodeBench {
    /// A mode of libavro with what it keeps for each schema of the packets.
    struct Peer {
        let mode: LibavroPeer.Mode
        let decoders: [[UInt8]: LibavroPeer]
    }

    /// Decodes each packet many times in a row.
    mutating func decodeHot() throws(AvroError) -> Int {
        var alerts = 0
        for packet in packets.packets {
            for _ in 0..<Self.hotRun { alerts += try decode(packet.bytes) }
        }
        return alerts
    }

    /// Decodes each copy once.
    mutating func decodeCold() throws(AvroError) -> Int {
        var alerts = 0
        for copy in copies { alerts += try decode(copy) }
        return alerts
    }

    /// Appends to the batch as a worker does, and empties it when it is full.
    private mutating func decode(_ bytes: [UInt8]) throws(AvroError) -> Int {
        if batch.count >= Self.batchAlerts { emptyBatch() }
        return try decoder.decode(bytes.span.bytes, into: &batch)
    }

    private mutating func emptyBatch() {
        // Every alert and every row counts, so that no decoding can be left out.
        for alert in batch.alerts { consumed &+= alert.candid }
        consumed &+= Int64(batch.detections.count)
        batch.removeAll()
    }

    func decode(with peer: Peer) throws(BenchError) -> Int {
        var alerts = 0
        for packet in packets.packets {
            guard let decoder = peer.decoders[packet.schema] else { continue }
            for _ in 0..<Self.hotRun {
                _ = try decoder.decode(packet.body)
                alerts += 1
            }
        }
        return alerts
    }

    /// Allocations of a new decoder at the first sight of the packets, and from then on.
    func countAllocations() throws(AvroError) -> DecodeReport.Allocations? {
        let decoder = AlertDecoder()
        var batch = AlertBatch()
        var alerts = 0
        func pass() throws(AvroError) {
            for packet in packets.packets {
                batch.removeAll()
                alerts += try decoder.decode(packet.bytes.span.bytes, into: &batch)
            }
        }
        let first = try AllocationCounter.count { () throws(AvroError) in try pass() }
        alerts = 0
        let later = try AllocationCounter.count { () throws(AvroError) in
            repeat { try pass() } while alerts < Self.countedAlerts
        }
        guard let first, let later else { return nil }
        return DecodeReport.Allocations(first: first, perAlert: Double(later) / Double(alerts), alerts: alerts)
    }

    /// What one pass finds: the sum of the candids, and the rows.
    func onePass() throws(AvroError) -> (candids: Int64, rows: Int) {
        var batch = AlertBatch()
        for packet in packets.packets { _ = try AlertDecoder().decode(packet.bytes.span.bytes, into: &batch) }
        return (batch.alerts.reduce(0) { $0 &+ $1.candid }, batch.detections.count)
    }

    // MARK: - Peers

    /// The peers are told which fields are needed, by ZTF's names.
    var areAllZTF: Bool {
        packets.packets.allSatisfy { ReaderSchema.projection(of: $0.schema) != nil }
    }

    /// libavro in its three modes, each having read the same candids and histories as apus.
    func libavroPeers() throws -> [Peer] {
        var peers: [Peer] = []
        for mode in LibavroPeer.Mode.allCases {
            var decoders: [[UInt8]: LibavroPeer] = [:]
            for packet in packets.packets where decoders[packet.schema] == nil {
                decoders[packet.schema] = try LibavroPeer(mode, schema: packet.schema)
            }
            let peer = Peer(mode: mode, decoders: decoders)
            try verify(peer)
            peers.append(peer)
        }
        return peers
    }

    private func verify(_ peer: Peer) throws {
        for packet in packets.packets {
            var batch = AlertBatch()
            _ = try AlertDecoder().decode(packet.bytes.span.bytes, into: &batch)
            guard let decoder = peer.decoders[packet.schema], let alert = batch.alerts.first else { continue }
            let candid = try decoder.decode(packet.body)
            guard candid == alert.candid else {
                throw BenchError.disagreement(peer: "libavro", reason: "candid \(candid), not \(alert.candid)")
            }
            let rows = alert.observations.count { batch.detections.origin[$0] != .forced } - 1
            // Reading the schema anew leaves no value behind to look into.
            guard peer.mode == .parsing || decoder.itemCount("prv_candidates") == rows else {
                throw BenchError.disagreement(peer: "libavro", reason: "another history in \(packet.path)")
            }
        }
    }

    func measureFastavro(_ report: inout DecodeReport) throws(BenchError) {
        let outcome = try FastavroPeer.run(
            packets, repetitions: report.repetitions, seconds: report.secondsPerRepetition)
        guard let outcome else {
            report.skipped.append("\(FastavroPeer.name): left out, python3 with fastavro is not there")
            return
        }
        guard outcome.checksum == report.checksum else {
            throw .disagreement(peer: "fastavro", reason: "sum of candids \(outcome.checksum), not \(report.checksum)")
        }
        report.fastavroVersion = outcome.version
        report.append(FastavroPeer.name, "hot", outcome.rates)
    }
}

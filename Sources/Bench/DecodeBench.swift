import Alerts
import AvroCoding

/// Measures how fast alerts are decoded, beside the libraries that a user would take instead, in one run.
///
/// Repetitions of all decoders take turns, so that a change of the machine's speed meets all of them.
public struct DecodeBench {
    public struct Configuration: Sendable {
        public var repetitions = 7
        /// Least time of one repetition of one decoder.
        public var secondsPerRepetition = 0.5
        /// How much memory the copies of the packets take that are decoded from cold buffers.
        public var coldBytes = 512 << 20
        public var measuresPeers = true

        public init() {}
    }

    private let configuration: Configuration
    let packets: PacketSet
    let copies: [[UInt8]]
    let decoder = AlertDecoder()
    var batch = AlertBatch()
    /// Sum over everything that was decoded.
    var consumed: Int64 = 0

    /// Times that the same packet is decoded before the next one's turn, with hot buffers.
    static let hotRun = 64
    static let batchAlerts = 500
    /// Alerts whose allocations are counted.
    static let countedAlerts = 1000

    /// Reads the packets; files, or folders of `.avro` files.
    public init(paths: [String], _ configuration: Configuration) throws {
        self.configuration = configuration
        packets = try PacketSet(paths: paths)
        // Each copy is an allocation of its own, as messages from a broker are.
        let rounds = max(1, configuration.coldBytes / max(1, packets.byteCount))
        let originals = packets.packets
        var copies: [[UInt8]] = []
        copies.reserveCapacity(rounds * originals.count)
        for _ in 0..<rounds {
            for packet in originals {
                copies.append([UInt8](unsafeUninitializedCapacity: packet.bytes.count) { copy, count in
                    count = copy.update(fromContentsOf: packet.bytes)
                })
            }
        }
        self.copies = copies
    }

    /// Measures everything; takes a few times `repetitions` x `secondsPerRepetition`.
    public mutating func run() throws -> DecodeReport {
        let pass = try onePass()
        var report = DecodeReport(
            machine: .current(), packets: DecodeReport.Packets(packets, rows: pass.rows),
            repetitions: configuration.repetitions, secondsPerRepetition: configuration.secondsPerRepetition,
            coldBytes: copies.reduce(0) { $0 + $1.count }, allocations: try countAllocations(),
            checksum: pass.candids)
        let measuresPeers = configuration.measuresPeers && areAllZTF
        if configuration.measuresPeers, !measuresPeers {
            report.skipped.append("libavro and fastavro: left out, not all packets are ZTF alerts")
        }
        let peers = measuresPeers ? try libavroPeers() : []
        let stopwatch = Stopwatch(seconds: configuration.secondsPerRepetition)
        var hot: [Double] = []
        var cold: [Double] = []
        var peerRates = [[Double]](repeating: [], count: peers.count)
        // The first round warms up and is not counted.
        for round in 0...configuration.repetitions {
            let rates = (
                hot: try stopwatch.rate { try decodeHot() }, cold: try stopwatch.rate { try decodeCold() },
                peers: try peers.map { peer in try stopwatch.rate { try decode(with: peer) } }
            )
            guard round > 0 else { continue }
            hot.append(rates.hot)
            cold.append(rates.cold)
            for (index, rate) in rates.peers.enumerated() { peerRates[index].append(rate) }
        }
        report.append("apus", "hot", hot)
        report.append("apus", "cold", cold)
        for (peer, rates) in zip(peers, peerRates) { report.append(peer.mode.rawValue, "hot", rates) }
        if measuresPeers { try measureFastavro(&report) }
        for line in report.lines where line.decoder != "apus" {
            report.ratios[line.decoder] = hot.median / line.medianAlertsPerSecond
        }
        report.consumed = consumed
        return report
    }
}

import Foundation

/// fastavro (Python, with its C extension) reading the same packets in a process of its own.
///
/// It decodes all fields, the cut-outs too: it has no way to leave some out that costs less.
struct FastavroPeer {
    static let name = "fastavro, all fields"

    struct Outcome: Codable {
        var version: String
        var checksum: Int64
        /// Alerts per second of each repetition.
        var rates: [Double]
    }

    /// Reads the list of paths and the times from standard input, so that no path is limited by a command line.
    private static let script = """
        from io import BytesIO
        from json import dump, load
        from sys import stdin, stdout
        from time import perf_counter
        from fastavro import __version__, reader
        job = load(stdin)
        packets = [open(path, "rb").read() for path in job["paths"]]
        def decode_all():
            checksum = 0
            for packet in packets:
                for alert in reader(BytesIO(packet)):
                    checksum += alert["candid"]
            return checksum
        checksum = decode_all()
        rates = []
        for _ in range(job["repetitions"]):
            start = perf_counter()
            alerts = 0
            while True:
                decode_all()
                alerts += len(packets)
                elapsed = perf_counter() - start
                if elapsed >= job["seconds"]:
                    break
            rates.append(alerts / elapsed)
        dump({"version": __version__, "checksum": (checksum + 2**63) % 2**64 - 2**63, "rates": rates}, stdout)
        """

    private struct Job: Codable {
        var paths: [String]
        var repetitions: Int
        var seconds: Double
    }

    /// The rates; nil where python3 or fastavro is missing.
    static func run(_ packets: PacketSet, repetitions: Int, seconds: Double) throws(BenchError) -> Outcome? {
        guard let probe = try? Python.run("from fastavro import reader", input: Data()), probe.status == 0 else {
            return nil
        }
        let job = Job(paths: packets.packets.map(\.path), repetitions: repetitions, seconds: seconds)
        do {
            let (status, output) = try Python.run(script, input: JSONEncoder().encode(job))
            guard status == 0 else {
                throw BenchError.peerFailed(peer: "fastavro", reason: "python3 ended with \(status)")
            }
            return try JSONDecoder().decode(Outcome.self, from: output)
        } catch let error as BenchError {
            throw error
        } catch {
            throw .peerFailed(peer: "fastavro", reason: "\(error)")
        }
    }
}

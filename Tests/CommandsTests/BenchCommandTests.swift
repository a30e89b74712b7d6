import Foundation
import TestSupport
import Testing

@Suite struct BenchCommandTests {
    @Test func withoutPacketsItIsWrongUsage() throws {
        #expect(try Executable.run(["bench", "decode"]).status == 64)
        #expect(try Executable.run(["bench", "decode", "--repetitions", "0", "x.avro"]).status == 64)
        let missing = try Executable.run(["bench", "decode", "/no/such/packets"])
        #expect(missing.status == 1 && missing.errors.contains("/no/such/packets"))
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func aPacketIsMeasuredAndTheNumbersAreWritten() throws {
        let folder = try Shell.temporaryFolder("bench")
        defer { try? FileManager.default.removeItem(at: folder) }
        let json = folder.appending(path: "decode.json")
        let packets = try SharedData.path("alerts/ztf/raw/4.02")
        let result = try Executable.run([
            "bench", "decode", packets, "--repetitions", "1", "--seconds", "0.01", "--cold-bytes", "1000000", "--json",
            json.path,
        ])
        #expect(result.status == 0, Comment(rawValue: result.errors))
        #expect(result.output.contains("libavro, schema kept, needed fields only"))
        #expect(result.output.contains("then 0.000 per alert"))
        let report = try JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any]
        #expect((report?["lines"] as? [Any])?.count ?? 0 >= 5)
        #expect((report?["ratios"] as? [String: Double])?.values.allSatisfy { $0 > 1 } == true)
    }

    @Test func regriddingIsMeasuredAndTheNumbersAreWritten() throws {
        let folder = try Shell.temporaryFolder("bench")
        defer { try? FileManager.default.removeItem(at: folder) }
        let json = folder.appending(path: "regrid.json")
        let result = try Executable.run([
            "bench", "regrid", "--points", "5", "--points", "9", "--curves", "10", "--threads", "1", "--repetitions", "1",
            "--seconds", "0.001", "--no-peers", "--json", json.path,
        ])
        #expect(result.status == 0, Comment(rawValue: result.errors))
        #expect(result.output.contains("apus, plain") && result.output.contains("9 points: 0.000 per curve"))
        let report = try JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any]
        #expect((report?["lines"] as? [Any])?.count == 4)
        for wrong in [["--points", "1"], ["--threads", "0"], ["--curves", "0"], ["--seconds", "0"]] {
            #expect(try Executable.run(["bench", "regrid"] + wrong).status == 64, "\(wrong)")
        }
        #expect(try Executable.run(["bench", "regrid", "/no/such/alerts"]).errors.contains("/no/such/alerts"))
    }
}

import Foundation
import TestSupport
import Testing

/// Simulated alerts and an imported model in a folder of their own.
struct Sample {
    let folder: URL
    var model: String { folder.appending(path: "t2.apus").path }
    var alerts: String { folder.appending(path: "alerts").path }

    init(count: Int = 300, badFraction: Double = 0) throws {
        folder = try Shell.temporaryFolder("sample")
        let imported = try Executable.run(["model", "import", PublishedModel.tflitePath, "--output", model])
        try #require(imported.status == 0, "\(imported.errors)")
        let simulated = try Executable.run([
            "simulate", "--count", "\(count)", "--seed", "3", "--bad-fraction", "\(badFraction)", "--output", alerts,
        ])
        try #require(simulated.status == 0, "\(simulated.errors)")
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }
}

@Suite(.enabled(if: PublishedModel.isPresent, Comment(rawValue: PublishedModel.absence)))
struct ClassifyCommandTests {
    @Test func csvHasCandidObjectAndOneColumnAClass() throws {
        let sample = try Sample()
        defer { sample.remove() }
        let result = try Executable.run(["classify", "--model", sample.model, "--format", "csv", sample.alerts])
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        #expect(
            lines.first
                == "candid,objectId,mu-Lens-Single,TDE,EB,SNII,SNIax,Mira,SNIbc,KN,M-dwarf,SNIa-91bg,AGN,SNIa,RRL,SLSN-I")
        try #require(lines.count > 50)
        for line in lines.dropFirst() {
            let fields = line.split(separator: ",")
            #expect(fields.count == 16 && Int64(fields[0]) != nil && fields[1].hasPrefix("ZTF"))
            let sum = fields.dropFirst(2).compactMap { Double($0) }.reduce(0, +)
            #expect(abs(sum - 1) < 1e-5)
        }
    }

    @Test func everyAlertIsALineOfJSONWithAClassOrAReason() throws {
        let sample = try Sample(badFraction: 0.1)
        defer { sample.remove() }
        let result = try Executable.run(["classify", "--model", sample.model, "--format", "ndjson", sample.alerts])
        #expect(result.status == 3, "some packets are damaged")
        var outcomes: [String: Int] = [:]
        for line in result.output.split(separator: "\n") {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            for outcome in ["class", "skipped", "error"] where object[outcome] != nil {
                outcomes[outcome, default: 0] += 1
            }
        }
        #expect(outcomes.values.reduce(0, +) == 300)
        #expect(outcomes["error", default: 0] > 5 && outcomes["class", default: 0] > 50)
        #expect(result.errors.contains("300 alerts: "))
    }

    @Test func twoRunsGiveTheSameBytes() throws {
        let sample = try Sample()
        defer { sample.remove() }
        let arguments = ["classify", "--model", sample.model, "--format", "csv", sample.alerts]
        #expect(try Executable.run(arguments).output == Executable.run(arguments).output)
    }

    @Test func anArchiveGivesWhatItsFilesGive() throws {
        let sample = try Sample()
        defer { sample.remove() }
        let archive = sample.folder.appending(path: "alerts.tar.gz").path
        try Shell.run("/usr/bin/env", "tar", "-C", sample.folder.path, "--sort=name", "-czf", archive, "alerts")
        let fromFiles = try Executable.run(["classify", "--model", sample.model, "--format", "csv", sample.alerts])
        let fromArchive = try Executable.run(["classify", "--model", sample.model, "--format", "csv", archive])
        #expect(fromFiles.output == fromArchive.output)
    }

    @Test func aCutArchiveIsNamedAndTheOtherFilesAreClassified() throws {
        let sample = try Sample()
        defer { sample.remove() }
        let archive = sample.folder.appending(path: "night.tar.gz")
        try Shell.run("/usr/bin/env", "tar", "-C", sample.folder.path, "-czf", archive.path, "alerts")
        try Data(contentsOf: archive).prefix(5_000).write(to: archive)
        let alone = try Executable.run(["classify", "--model", sample.model, "--format", "csv", sample.alerts])
        let both = try Executable.run(
            ["classify", "--model", sample.model, "--format", "csv", archive.path, sample.alerts])
        #expect(both.status == 3 && both.errors.contains("night.tar.gz"))
        #expect(both.output == alone.output)
    }

    @Test func theTableNamesTheReasonOfWhatIsNotClassified() throws {
        let sample = try Sample()
        defer { sample.remove() }
        let result = try Executable.run(["classify", "--model", sample.model, sample.alerts])
        #expect(result.output.hasPrefix("candid              object        jd             class                 probability\n"))
        #expect(result.output.contains("(too_few_detections)"))
    }

    @Test func whatCannotBeReadIsNamed() throws {
        let sample = try Sample(count: 1)
        defer { sample.remove() }
        let missing = try Executable.run(["classify", "--model", sample.model, "/nonexistent/alerts"])
        #expect(missing.status == 1 && missing.errors.contains("/nonexistent/alerts"))
        let notAModel = try Executable.run(["classify", "--model", PublishedModel.tflitePath, sample.alerts])
        #expect(notAModel.status == 1 && notAModel.errors.contains("fink_t2_quantized.tflite"))
    }
}

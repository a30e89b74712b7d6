import Alerts
import AvroCoding
import Foundation
import TestSupport
import Testing

@Suite struct RealAlertTests {
    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
    func `Every ZTF file of the shared alerts decodes`() throws {
        let decoder = AlertDecoder()
        var batch = AlertBatch()
        var files = 0
        for path in try sharedFiles(below: "alerts/ztf") {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            do {
                _ = try decoder.decode(bytes, into: &batch)
                files += 1
            } catch {
                Issue.record("\(path): \(error)")
            }
        }
        #expect(files > 0)
        #expect(batch.count >= files)
    }
}

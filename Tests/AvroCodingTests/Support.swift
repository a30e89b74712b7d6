import Alerts
import AvroCoding
import Foundation
import TestSupport

/// Bytes of a shared file.
func sharedBytes(_ relative: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: SharedData.path(relative))))
}

/// Paths of all files below a shared folder, sorted.
func sharedFiles(below folder: String) throws -> [String] {
    let root = URL(fileURLWithPath: try SharedData.path(folder))
    guard let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: [.isRegularFileKey]) else {
        return []
    }
    var paths: [String] = []
    for case let url as URL in walk {
        if try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true { paths.append(url.path) }
    }
    return paths.sorted()
}

extension AlertDecoder {
    func decode(_ bytes: [UInt8], into batch: inout AlertBatch) throws(AvroError) -> Int {
        try decode(bytes.span.bytes, into: &batch)
    }
}

/// A packet that tests damage: a 3.3 packet with 28 history rows.
let packetPath = "alerts/ztf/raw/3.3/alerce__ZTF17aabebdm_1692441200015010000.avro"

/// The alert files for scoring, which lie beside the shared data; none where they are absent.
let scoringFiles: [String] = ["../eval/ztf_alerts.avro", "../eval/plasticc_alerts.avro"].compactMap { name in
    guard let path = try? SharedData.path(name), FileManager.default.fileExists(atPath: path) else { return nil }
    return path
}

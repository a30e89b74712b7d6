public import Foundation
public import ModelFile

/// The folder of real alerts and golden values that developers have beside the checkout; absent elsewhere.
public enum SharedData {
    /// `APUS_TEST_DATA`, or `../shared/data` from the package's root; nil when there is no such folder.
    public static let root: URL? = {
        let package = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder =
            ProcessInfo.processInfo.environment["APUS_TEST_DATA"].map { URL(fileURLWithPath: $0) }
            ?? package.deletingLastPathComponent().appending(path: "shared/data")
        return FileManager.default.fileExists(atPath: folder.path) ? folder.standardizedFileURL : nil
    }()

    /// For `.enabled(if:)`: a test that needs the folder is skipped, with this one line, where it is absent.
    public static var isPresent: Bool { root != nil }
    public static let absence = "needs the shared data folder (APUS_TEST_DATA or ../shared/data)"

    /// The path of a file below the folder.
    public static func path(_ relative: String) throws -> String {
        guard let root else { throw CocoaError(.fileNoSuchFile) }
        return root.appending(path: relative).path
    }

    /// A file of golden values.
    public static func golden(_ name: String) throws -> Safetensors {
        try Safetensors(contentsOf: path("golden/\(name).safetensors"))
    }
}

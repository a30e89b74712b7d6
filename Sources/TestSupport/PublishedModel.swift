import Foundation

/// The published network as `Deploy/dependencies` fetches it.
public enum PublishedModel {
    /// The deployed int8 file, `.apus/models/fink_t2_quantized.tflite`.
    public static let tflitePath = Shell.root.appending(path: ".apus/models/fink_t2_quantized.tflite").path
    public static let isPresent = FileManager.default.fileExists(atPath: tflitePath)
    public static let absence = "needs the published model: run Deploy/dependencies"
}

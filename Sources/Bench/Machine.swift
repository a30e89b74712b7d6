import Foundation

/// What the numbers were measured on.
public struct Machine: Codable, Sendable {
    public var cpu: String
    public var cores: Int
    public var operatingSystem: String
    /// Load average of the last minute when the run began: above 0.3 or so, somebody else was there too.
    public var loadAverage: Double

    public static func current() -> Machine {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }
            .flatMap { $0.split(separator: ":").last }
            .map { $0.trimmingCharacters(in: .whitespaces) }
        var load = [0.0]
        let count = getloadavg(&load, 1)
        return Machine(
            cpu: model ?? "unknown", cores: ProcessInfo.processInfo.activeProcessorCount,
            operatingSystem: ProcessInfo.processInfo.operatingSystemVersionString,
            loadAverage: count == 1 ? load[0] : .nan)
    }
}

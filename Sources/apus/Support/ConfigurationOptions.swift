import ArgumentParser
import Foundation
import Settings

/// The options of every command that reads the configuration file.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "The YAML configuration file; without it Config/apus.yaml if there is one. APUS_<SECTION>__<KEY> variables override it."
    )
    var config: String?

    /// The settings of the file that was named, or of the default one, overridden by the environment.
    func read() throws -> Settings {
        let standard = "Config/apus.yaml"
        let path = config ?? (FileManager.default.fileExists(atPath: standard) ? standard : nil)
        return try SettingsReader.read(path: path, environment: ProcessInfo.processInfo.environment)
    }
}

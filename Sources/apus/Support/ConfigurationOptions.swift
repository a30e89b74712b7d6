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
        try SettingsReader.read(path: path, environment: ProcessInfo.processInfo.environment)
    }

    /// The file that is read; nil when there is none.
    var path: String? {
        let standard = "Config/apus.yaml"
        return config ?? (FileManager.default.fileExists(atPath: standard) ? standard : nil)
    }
}

/// What is wrong with a configuration, and where: a file's line, or an environment variable.
public enum SettingsError: Error, Equatable, Sendable {
    case unreadable(path: String, reason: String)
    case notYAML(path: String, reason: String)
    case unknownKey(key: String, place: String, nearest: String?)
    case badValue(key: String, place: String, value: String, expected: String)
    case missing(key: String)

    public var isRetriable: Bool { false }
}

extension SettingsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .notYAML(let path, let reason): "\(path) is not valid YAML: \(reason)"
        case .unknownKey(let key, let place, let nearest):
            "\(place): unknown key '\(key)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        case .badValue(let key, let place, let value, let expected):
            "\(place): '\(key)' is '\(value)' and should be \(expected)"
        case .missing(let key): "'\(key)' is not set: add it to the configuration file, or set \(variable(key))"
        }
    }

    private func variable(_ key: String) -> String {
        SettingsKey.environmentPrefix + key.uppercased().replacing(".", with: "__")
    }
}

import Foundation
import Yams

/// Reads `Settings` from a YAML file and the environment.
public enum SettingsReader {
    /// Every key outside the `librdkafka` section, as `section.key`.
    public static var knownKeys: [String] { SettingsKey.all.map(\.name) }

    /// The file's values, or the defaults without one, overridden by `APUS_<SECTION>__<KEY>` variables.
    ///
    /// Lists in a variable are separated by commas; in `APUS_LIBRDKAFKA__...` an underscore stands for a dot.
    public static func read(path: String?, environment: [String: String]) throws(SettingsError) -> Settings {
        var settings = Settings()
        if let path {
            let text: String
            do {
                text = try String(contentsOfFile: path, encoding: .utf8)
            } catch {
                throw .unreadable(path: path, reason: error.localizedDescription)
            }
            try apply(yaml: text, path: path, to: &settings)
        }
        try apply(environment: environment, to: &settings)
        if let path {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            func resolve(_ file: inout String, _ variable: String) {
                guard !file.isEmpty, !file.hasPrefix("/"), environment[variable] == nil else { return }
                file = folder.appending(path: file).standardizedFileURL.path
            }
            resolve(&settings.model.path, "APUS_MODEL__PATH")
            resolve(&settings.schemas.folder, "APUS_SCHEMAS__FOLDER")
            resolve(&settings.schemas.cache, "APUS_SCHEMAS__CACHE")
            for id in settings.schemas.files.keys {
                resolve(&settings.schemas.files[id, default: ""], "APUS_SCHEMAS__FILES")
            }
        }
        return settings
    }

    static func apply(yaml text: String, path: String, to settings: inout Settings) throws(SettingsError) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw .notYAML(path: path, reason: "\(error)")
        }
        guard let root else { return }
        guard case .mapping(let sections) = root else {
            throw .notYAML(path: path, reason: "the top level is not a map of sections")
        }
        for (section, value) in sections {
            let sectionName = section.scalar?.string ?? ""
            let place = Self.place(path, section)
            let isKnown =
                sectionName == SettingsKey.passThroughSection
                || SettingsKey.all.contains { $0.name.hasPrefix(sectionName + ".") }
            guard isKnown else {
                throw .unknownKey(key: sectionName, place: place, nearest: nearestSection(to: sectionName))
            }
            if case .scalar(let scalar) = value, scalar.string.isEmpty || scalar.string == "null" { continue }
            guard case .mapping(let keys) = value else {
                throw .badValue(key: sectionName, place: place, value: "\(value.scalar?.string ?? "a list")", expected: "a map of keys")
            }
            for (key, value) in keys {
                let name = sectionName + "." + (key.scalar?.string ?? "")
                try assign(name, try scalars(value, key: name, place: Self.place(path, value)), Self.place(path, key), &settings)
            }
        }
    }

    static func apply(environment: [String: String], to settings: inout Settings) throws(SettingsError) {
        for (variable, value) in environment.sorted(by: { $0.key < $1.key }) {
            guard variable.hasPrefix(SettingsKey.environmentPrefix),
                let separator = variable.range(of: "__")
            else { continue }  // APUS_KERNELS and the like are not part of the configuration file
            let section = variable[..<separator.lowerBound].dropFirst(SettingsKey.environmentPrefix.count).lowercased()
            var key = variable[separator.upperBound...].lowercased()
            if section == SettingsKey.passThroughSection { key = key.replacing("_", with: ".") }
            let name = "\(section).\(key)"
            let isList = SettingsKey.all.contains { $0.name == name && $0.isList }
            let text = isList ? value.split(separator: ",").map(String.init) : [value]
            try assign(name, text, "environment variable \(variable)", &settings)
        }
    }

    private static func assign(
        _ name: String, _ text: [String], _ place: String, _ settings: inout Settings
    ) throws(SettingsError) {
        let passThrough = SettingsKey.passThroughSection + "."
        if name.hasPrefix(passThrough) {
            guard text.count == 1 else {
                throw .badValue(key: name, place: place, value: text.joined(separator: ", "), expected: "one value")
            }
            settings.kafka.librdkafka[String(name.dropFirst(passThrough.count))] = text[0]
            return
        }
        guard let key = SettingsKey.all.first(where: { $0.name == name }) else {
            throw .unknownKey(key: name, place: place, nearest: SettingsKey.nearest(to: name))
        }
        guard key.assign(text, &settings) else {
            // Where a password may be: say what was expected, not what was found.
            let shown = key.isSecret ? "(not shown)" : text.joined(separator: ", ")
            throw .badValue(key: name, place: place, value: shown, expected: key.expected)
        }
    }

    private static func scalars(_ node: Node, key: String, place: String) throws(SettingsError) -> [String] {
        switch node {
        case .scalar(let scalar): return [scalar.string]
        case .sequence(let items):
            var texts: [String] = []
            for item in items {
                guard case .scalar(let scalar) = item else {
                    throw .badValue(key: key, place: place, value: "a nested list", expected: "a list of values")
                }
                texts.append(scalar.string)
            }
            return texts
        default: throw .badValue(key: key, place: place, value: "a map", expected: "a value")
        }
    }

    private static func nearestSection(to name: String) -> String? {
        let sections = Set(SettingsKey.all.compactMap { $0.name.split(separator: ".").first.map(String.init) })
            .union([SettingsKey.passThroughSection])
        let best = sections.sorted().min {
            SettingsKey.editDistance(name, $0) < SettingsKey.editDistance(name, $1)
        }
        return best.flatMap { SettingsKey.editDistance(name, $0) <= 3 ? $0 : nil }
    }

    private static func place(_ path: String, _ node: Node) -> String {
        guard let mark = node.mark else { return path }
        return "\(path):\(mark.line):\(mark.column)"
    }
}
